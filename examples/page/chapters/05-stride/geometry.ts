/** The convolution of the chapter at each setting, by the product. */
import { conv2d, graph, input, pad } from 'receptive/layers';
import type { Graph } from 'receptive/layers';
import { compute, numbersOf } from '../../engine/compute.js';
import { gradients } from '../../engine/gradient.js';

export interface Setting {
  /** Side of the image. */
  readonly size: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
}

/** The lecture's image and kernel in the upper left corner; larger settings show more of each. */
const IMAGE = [
  [7, 2, 8, 8, 4, 1, 5], [3, 6, 6, 6, 2, 9, 0], [1, 6, 3, 0, 5, 3, 7], [0, 3, 8, 5, 2, 8, 2], [3, 9, 4, 3, 6, 1, 4], [2, 5, 0, 7, 1, 6, 3], [8, 1, 4, 2, 9, 0, 5],
] as const;
const KERNEL = [[5, 9, 1, 2, 0], [3, 8, 3, 1, 4], [3, 4, 6, 0, 2], [1, 0, 2, 3, 1], [2, 1, 0, 4, 1]] as const;

const corner = (table: readonly (readonly number[])[], side: number): readonly number[] => table.slice(0, side).flatMap((row) => row.slice(0, side));

interface Net {
  readonly net: Graph;
  /** Side of the feature map. */
  readonly out: number;
}

/** @throws GeometryError where the kernel does not fit */
function netOf({ size, kernel, stride, padding, dilation }: Setting): Net {
  const x = input([1, 1, size, size]);
  const y = conv2d(1, 1, kernel, { stride, padding, dilation, bias: false, name: 'conv' })(x);
  return { net: graph({ x }, { y, padded: pad(padding)(x) }), out: Number(y.shape[3]) };
}

export interface Convolved {
  /** What it was asked for: it stays on show while the next is computed. */
  readonly setting: Setting;
  readonly out: number;
  readonly padded: Float32Array;
  readonly weights: readonly number[];
  readonly map: Float32Array;
}

export async function convolve(setting: Setting): Promise<Convolved> {
  const { size, kernel } = setting;
  const { net, out } = netOf(setting);
  const weights = corner(KERNEL, kernel);
  const { y, padded } = await compute(net, {
    key: `stride ${Object.values(setting).join()}`, weights: { 'conv.weight': numbersOf(weights, [1, 1, kernel, kernel]) }, inputs: { x: numbersOf(corner(IMAGE, size), [1, 1, size, size]) },
  });
  return { setting, out, weights, padded: padded!.data, map: y!.data };
}

/** How many windows each pixel is in: what comes back to it when every weight and every gradient of the output is 1. */
export async function uses(setting: Setting): Promise<Float32Array> {
  const { size, kernel, stride, padding, dilation } = setting;
  const x = input([1, 1, size, size]);
  const y = conv2d(1, 1, kernel, { stride, padding, dilation, bias: false, name: 'conv' })(x);
  const out = Number(y.shape[3]);
  const ones = (side: number): ReturnType<typeof numbersOf> => numbersOf(new Float32Array(side * side).fill(1), [1, 1, side, side]);
  return (await gradients(graph({ x }, { y }), { weights: { 'conv.weight': ones(kernel) }, inputs: { x: ones(size) }, upstream: { y: ones(out) } }))['x']!.data;
}

/** Pixels from the first weight of a kernel to its last. */
export const spanOf = ({ kernel, dilation }: Setting): number => dilation * (kernel - 1) + 1;
export const paddedSide = ({ size, padding }: Setting): number => size + 2 * padding;
