/**
 * A picture convolved a band of rows at a time, so that it never exists as floats.
 *
 * Bytes of red, green and blue lie interleaved: the neighbour of the same colour is three further. To a convolution of one channel
 * whose taps are three columns apart, they are one map of three times the width. So nothing is spread into planes and back.
 */
import { conv2d, graph, input, tensor } from '../entries/index.js';
import type { AnyTensor, Graph, RgbImage, Tensor } from '../entries/index.js';

/** Rows and columns of a kernel, odd and the same. */
export type Matrix = readonly (readonly number[])[];

/** A model of `interleavedFilter`, in a worker or on this thread. */
export interface Filter {
  run(inputs: { x: Tensor }, options: { transfer: true }): Record<string, AnyTensor> | Promise<Record<string, AnyTensor>>;
}

/** Numbers of a band: 1 MB of floats, and as many again of results, which caches hold. */
const BAND = 1 << 18;

/** The convolution of interleaved colours, and its weights. */
export function interleavedFilter(kernel: Matrix): { readonly graph: Graph; readonly weights: Record<string, Tensor> } {
  const side = kernel.length;
  const x = input([1, 1, null, null]);
  const y = conv2d(1, 1, side, { dilation: [1, 3], bias: false, name: 'filter' })(x);
  return { graph: graph({ x }, { y }), weights: { 'filter.weight': tensor(Float32Array.from(kernel.flat()), [1, 1, side, side]) } };
}

/**
 * Each colour of a picture convolved, rounded and cut to 0..255; beyond the edge its last pixel repeats.
 * @param margin - rows and columns that the kernel reaches to each side
 */
export async function convolveBands(model: Filter, image: RgbImage, margin: number): Promise<RgbImage> {
  const { width, height } = image;
  const rows = Math.min(height, Math.ceil(BAND / (3 * width)));
  // The last band has as many rows as the others, some of them for the second time.
  const tops = Array.from({ length: Math.ceil(height / rows) }, (_, i) => Math.min(i * rows, height - rows));
  const start = async (top: number): Promise<Float32Array> => {
    const x = band(image, top, rows, margin);
    const { y } = await model.run({ x }, { transfer: true });
    free(x.data);
    return y?.data as Float32Array;
  };
  const out = new Uint8ClampedArray(image.data.length);
  // While one is computed, the next is ready.
  const ahead = tops.slice(0, 2).map((top) => heard(start(top)));
  for (const [i, top] of tops.entries()) {
    const filtered = (await ahead.shift()) ?? new Float32Array();
    const next = tops[i + 2];
    if (next !== undefined) ahead.push(heard(start(next)));
    store(filtered, out.subarray(top * width * 3));
    free(filtered);
  }
  return { data: new Uint8Array(out.buffer), width, height };
}

/** [1, 1, rows + 2m, 3 * (width + 2m)] of the rows from `top` on; positions outside of the picture take its nearest pixel. */
function band({ data, width, height }: RgbImage, top: number, rows: number, margin: number): Tensor {
  const [lines, columns] = [rows + 2 * margin, 3 * (width + 2 * margin)];
  const out = new Float32Array(lines * columns);
  for (let line = 0; line < lines; line++) {
    const row = Math.min(Math.max(top + line - margin, 0), height - 1) * width * 3;
    const from = data.subarray(row, row + width * 3);
    const to = line * columns;
    out.set(from, to + 3 * margin);
    for (let x = 0; x < margin; x++) {
      out.set(from.subarray(0, 3), to + 3 * x);
      out.set(from.subarray(-3), to + columns - 3 * (x + 1));
    }
  }
  return tensor(out, [1, 1, lines, columns]);
}

/** A failure is told when its turn comes. */
function heard<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => undefined);
  return answer;
}

/** Gives memory back at once, for the next band: fresh pages, and looking for what is free, cost as much as the convolution. */
function free({ buffer }: AnyTensor['data']): void {
  // Absent in Node 20; what a worker was given is gone already.
  if (buffer.byteLength > 0) (buffer as { transfer?: (length: number) => unknown }).transfer?.(0);
}

/** By index: `set` takes twice as long to round and cut. */
function store(from: Float32Array, to: Uint8ClampedArray): void {
  for (let i = 0; i < from.length; i++) to[i] = from[i]!;
}
