import { EngineError } from './errors.js';

/**
 * A part of the inline entry that lies in a file of its own, since not every page needs it.
 * @param what - it does, in messages
 * @throws EngineError where the file is not served
 */
export async function scriptBeside<Part>(file: string, what: string, load: () => Promise<Part>): Promise<Part> {
  try {
    return await load();
  } catch (cause) {
    const hint = `the file ${file} is expected beside inline.js: serve both, or bundle with a tool that follows import()`;
    throw new EngineError(`${what}: the script for it could not be loaded; ${hint}`, { place: what, hint, cause });
  }
}
