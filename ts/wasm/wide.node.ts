import { setFlagsFromString } from 'node:v8';
import { pairsVectors } from './pairing.js';
import { chooseWidth } from './wide-choice.js';
import type { Process } from './wide-choice.js';
import type { WideSupport } from './wide.js';

/** The first version whose V8 can pair 128-bit operations that are neighbours. */
const FIRST = 24;
const FLAG = 'experimental-wasm-revectorize';

/**
 * The switch is the whole process's: it holds for all modules that are compiled afterwards, in every worker. It stays on where the engine
 * pairs vectors, since functions are compiled when they have run for a while, and is taken back where it does not.
 */
function obstacle(): string | undefined {
  const { node, bun, deno, electron } = process.versions;
  const other = Object.entries({ Bun: bun, Deno: deno, Electron: electron }).find(([, version]) => version !== undefined);
  if (other) return `${other[0]} cannot be told to pair vectors`;
  if (Number.parseInt(node, 10) < FIRST) return `Node ${node} cannot pair vectors, ${FIRST} and later can`;
  if (process.arch !== 'x64') return `vectors are paired on x64, and this is ${process.arch}`;
  setFlagsFromString(`--${FLAG}`);
  if (pairsVectors()) return undefined;
  setFlagsFromString(`--no-${FLAG}`);
  return 'this engine was told to pair vectors and did not';
}

export const HERE: Process = { wanted: () => process.env['RECEPTIVE_WIDE'] === '1', obstacle };

export const WIDE: WideSupport | undefined = {
  choose: (request, proved) => chooseWidth(request, HERE, proved),
  // Literals, which bundlers recognise as assets to carry along.
  file: (name) => (name === 'wide' ? new URL('../wasm/wide.wasm', import.meta.url) : new URL('../wasm/wide-threads.wasm', import.meta.url)).href,
};
