import type { Node } from '../graph/graph.js';
import type { Reach } from '../graph/op.js';

/** Windows that slide over a map. */
export interface SlidingWindow {
  /** Rows and columns that are weighed. */
  readonly kernel: readonly [number, number];
  /** From one window to the next; transposed, from one pixel's windows to the next pixel's. */
  readonly stride: readonly [number, number];
  /** From one weighed pixel to the next. */
  readonly dilation: readonly [number, number];
  /** Pixels around the map: top, left, bottom, right; transposed, what is cut off. */
  readonly pad: readonly [top: number, left: number, bottom: number, right: number];
  /** Whether each pixel of the input is spread over a window of the output, as a transposed convolution does. */
  readonly transposed: boolean;
}

/**
 * What of its inputs a pixel of a layer's maps depends on: the same place of each (`pixel`), all of each (`map`), or a window. A vector
 * depends on all.
 */
export type LayerWindow = 'pixel' | 'map' | SlidingWindow;

/** Undefined for what moves pixels in ways that are no windows, and for weights between pixels of an enlargement. */
export function windowOf({ op, inputs, outputs }: Pick<Node, 'op' | 'inputs' | 'outputs'>, shapes: readonly (readonly number[])[]): LayerWindow | undefined {
  const [input = []] = inputs.map((value) => shapes[value] ?? []);
  const reach = concreteReach(op.reach, input);
  if (reach === 'unknown') return undefined;
  // A fully connected layer weighs the last dimension: of rows all there is, of maps their columns.
  if (reach === 'global') return (op.weighs === 'last' && input.length !== 2) || divides(op.reach) ? undefined : 'map';
  if (reach === undefined) return samePlaces(inputs.map((value) => shapes[value] ?? []), shapes[outputs[0] ?? -1] ?? []) ? 'pixel' : undefined;
  if (reach.interpolates) return undefined;
  const { kernel, stride, dilation, pad = [0, 0, 0, 0], up = false } = reach;
  return { kernel, stride, dilation, pad, transposed: up };
}

/** Windows that divide a map are of one size where they divide it evenly; else they are counted as if each saw all. */
export function concreteReach(reach: Reach | undefined, [, , height = 1, width = 1]: readonly number[]): Exclude<Reach, { bins: unknown }> | undefined {
  if (typeof reach !== 'object' || !('bins' in reach)) return reach;
  const [rows, columns] = reach.bins;
  if (!divides(reach) || height % rows !== 0 || width % columns !== 0) return 'global';
  const kernel = [height / rows, width / columns] as const;
  return { kernel, stride: kernel, dilation: [1, 1] };
}

/** Whether a map is divided into several windows. */
const divides = (reach: Reach | undefined): boolean => typeof reach === 'object' && 'bins' in reach && Math.max(...reach.bins) > 1;

/** Whether each map that is read has the height and width of the output, or a single pixel, which is every pixel's. */
function samePlaces(inputs: readonly (readonly number[])[], output: readonly number[]): boolean {
  if (output.length !== 4) return true;
  return inputs.every((input) => input.length !== 4 || [2, 3].every((axis) => input[axis] === output[axis]) || (input[2] === 1 && input[3] === 1));
}
