/** Puts the engines of a job together. */
import { ours } from './ours.mjs';

/**
 * Ours first, then the rivals; one that is excluded or cannot be had says why.
 * @param library - of this library: `load`, `loadInline`, `tensor`, `version`
 * @param rivals - `{ name, version, make }`
 */
export async function selectEngines(net, { threads, variant, wide, exclude }, library, rivals) {
  const own = { version: library.version, threads, variant };
  const engines = [ours(library, own)];
  if (net.worker && threads === 1) engines.push(ours(library, { ...own, worker: true }));
  for (const rival of rivals) engines.push(exclude[rival.name] ? { ...rival, reason: exclude[rival.name] } : await made(rival, threads));
  // Last, for it changes how the engine compiles whatever is compiled later.
  if (wide) engines.push(ours(library, { ...own, wide }));
  return engines.map((engine) => (exclude[engine.name] ? { ...engine, reason: exclude[engine.name] } : engine));
}

async function made({ name, version, make }, threads) {
  try {
    return await make({ version, threads });
  } catch (error) {
    return { name, version, reason: version === undefined ? 'not installed' : String(error.message).split('\n')[0] };
  }
}
