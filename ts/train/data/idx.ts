// IDX, the format of MNIST (LeCun, Cortes and Burges 1998): two zeros, the element type, the number of dimensions, the dimensions as
// 32 bits each, the elements; all with the highest byte first.
import { FormatError, ShapeError } from '../../base/errors.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { showShape } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { AnyTensor, DataOf, Dtype } from '../../tensor/tensor.js';
import { arraysAt } from './arrays.js';
import { contentOf } from './bytes.js';
import type { FileContent } from './bytes.js';
import type { DatasetOptions } from './dataset.js';
import { sizeOf } from './stored.js';
import type { StoredDataset } from './stored.js';

interface Element {
  readonly dtype: Dtype;
  readonly bytes: number;
  read(view: DataView, length: number): DataOf[Dtype];
}

const TYPES: ReadonlyMap<number, Element> = new Map<number, Element>([
  [0x08, { dtype: 'uint8', bytes: 1, read: (view, length) => new Uint8Array(view.buffer, view.byteOffset, length) }],
  [0x09, { dtype: 'int8', bytes: 1, read: (view, length) => new Int8Array(view.buffer, view.byteOffset, length) }],
  [0x0b, { dtype: 'int16', bytes: 2, read: (view, length) => Int16Array.from({ length }, (_, i) => view.getInt16(2 * i)) }],
  [0x0c, { dtype: 'int32', bytes: 4, read: (view, length) => Int32Array.from({ length }, (_, i) => view.getInt32(4 * i)) }],
  [0x0d, { dtype: 'float32', bytes: 4, read: (view, length) => Float32Array.from({ length }, (_, i) => view.getFloat32(4 * i)) }],
  [0x0e, { dtype: 'float64', bytes: 8, read: (view, length) => Float64Array.from({ length }, (_, i) => view.getFloat64(8 * i)) }],
]);

/**
 * Reads an IDX file. Bytes are not copied.
 * @throws FormatError naming the place, for another format, a file that ends too early, or bytes behind its end
 */
export function readIdx(bytes: Uint8Array, place: string): AnyTensor {
  const fail = (expected: string, got: string): never => wrong(place, expected, got, { as: FormatError });
  const element = bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 ? TYPES.get(bytes[2]!) : undefined;
  if (!element) return fail('an IDX file', bytes.length < 4 ? `${bytes.length} bytes` : 'one that begins otherwise');
  const rank = bytes[3]!;
  const start = 4 + 4 * rank;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < start) return fail(`${rank} dimensions`, `a file that ends too early, after ${bytes.length} bytes`);
  const shape = Array.from({ length: rank }, (_, i) => view.getUint32(4 + 4 * i));
  const length = sizeOf(shape);
  const expected = start + length * element.bytes;
  const full = `${expected} bytes for ${showShape(shape)}`;
  if (bytes.length < expected) return fail(full, `a file that ends too early, after ${bytes.length}`);
  if (bytes.length > expected) return fail(full, String(bytes.length));
  const data = element.read(new DataView(bytes.buffer, bytes.byteOffset + start, length * element.bytes), length);
  return { dtype: element.dtype, shape, data } as AnyTensor;
}

const OPTIONS = optionNames<DatasetOptions>({ classes: true, normalize: true });

/**
 * A data set of two IDX files, gzip files too: images [N, H, W] become [1, H, W] each, [N, C, H, W] stay; labels [N].
 * @throws FormatError for a file that is none, or ends too early; ShapeError for other dimensions, or another number of labels than
 *   of images; DtypeError for what is no file; ArgumentError for labels without a class (naming the index), or an option
 */
export async function fromIdx(images: FileContent, labels: FileContent, options: DatasetOptions = {}): Promise<StoredDataset> {
  checkOptions('fromIdx', options, OPTIONS);
  const [x, y] = await Promise.all([read('images', images), read('labels', labels)]);
  const { shape } = x;
  if (shape.length !== 3 && shape.length !== 4) wrong('images', 'dimensions [N, H, W] or [N, C, H, W]', showShape(shape), { as: ShapeError });
  if (y.shape.length !== 1) wrong('labels', 'one dimension [N]', showShape(y.shape), { as: ShapeError });
  return arraysAt('fromIdx', { x, y, shape: shape.length === 3 ? [1, ...shape.slice(1)] : shape.slice(1), ...options });
}

async function read(place: string, file: FileContent): Promise<AnyTensor> {
  return readIdx(await contentOf(place, file), place);
}
