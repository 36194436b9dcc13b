import type * as train from '../../entries/train-inline.js';
import { WasmError } from '../../entries/index.js';
import { wrong } from '../../base/wrong.js';

/** What trains: a bundle of its own, which only this command reads. */
export type Training = typeof train;

/** @throws WasmError where the package was built without training */
export async function loadTraining(): Promise<Training> {
  try {
    return await import('../../entries/train-inline.js');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    const [expected, got, hint] = ['a build with training', 'one without', 'run npm run build'];
    wrong('train', expected, got, { as: WasmError, hint, cause });
  }
}
