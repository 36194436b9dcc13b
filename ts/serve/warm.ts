import { loadSharp, lacksDecoder } from '../image/sharp.node.js';
import { impliedShapes } from '../session/inputs.js';
import type { Port } from '../session/inputs.js';
import { ARRAYS, elementCount } from '../tensor/tensor.js';
import type { AnyTensor } from '../tensor/tensor.js';
import type { Pool } from '../worker/pool.js';

/** A JPEG of 64 x 64 grey pixels: encoded, so that the decoder is warm as well. */
const GREY = Buffer.from(
  '/9j/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2Nj' +
  'Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCABAAEADASIAAhEBAxEB/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/xAAUAQEAAAAAAAAAAAAAAAAAAAAA/8QAFBEBAAAAAAAA' +
  'AAAAAAAAAAAAAP/aAAwDAQACEQMRAD8AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/9k=',
  'base64',
);

/** The same in pixels, for which no decoder is needed. */
const GREY_PIXELS = { data: new Uint8Array(3 * 64 * 64).fill(128), width: 64, height: 64, channels: 3 } as const;

/**
 * Runs each worker once: with a photo where the model takes one, else with zeros. A model that takes neither photos nor inputs of a known shape is
 * as slow on its first request as any.
 * @returns whether an encoded photo was decoded
 */
export async function warm(pool: Pool, takesPhotos: boolean): Promise<boolean> {
  const decoded = await Promise.all(Array.from({ length: pool.size }, () => once(pool, takesPhotos)));
  return decoded.every(Boolean);
}

/** Whether photos other than BMP can be decoded in this process. Reading the decoder takes time where no worker has done so. */
export async function hasDecoder(): Promise<boolean> {
  return loadSharp('photos').then(() => true, () => false);
}

/** A request says what is wrong when it comes: a model that cannot be asked so is no reason not to serve it. */
async function once(pool: Pool, takesPhotos: boolean): Promise<boolean> {
  const succeeds = async (work: Promise<unknown>): Promise<boolean> => work.then(() => true, () => false);
  if (takesPhotos) {
    const error = await look(pool, GREY).then(() => undefined, (reason: unknown) => reason);
    if (error === undefined) return true;
    if (lacksDecoder(error) && (await succeeds(look(pool, GREY_PIXELS)))) return false;
  }
  const shapes = impliedShapes(pool.inputs);
  if (shapes) await succeeds(pool.run(zeros(pool.inputs, shapes)));
  return false;
}

function look(pool: Pool, photo: typeof GREY | typeof GREY_PIXELS): Promise<unknown> {
  if (pool.task === 'detection') return pool.detectBytes(photo);
  return pool.task === 'segmentation' ? pool.segmentBytes(photo) : pool.classifyBytes(photo);
}

function zeros(ports: readonly Port[], shapes: readonly number[][]): Record<string, AnyTensor> {
  return Object.fromEntries(ports.map(({ name, dtype }, i) => {
    const shape = shapes[i] ?? [];
    return [name, { dtype, shape, data: new ARRAYS[dtype](elementCount(shape, name)) } as AnyTensor];
  }));
}
