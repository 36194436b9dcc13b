import { ReceptiveError } from '../base/errors.js';
import type { Graph } from '../graph/graph.js';
import { count } from '../graph/op.js';
import { runPasses } from '../passes/index.js';
import { concreteShapes } from './shapes.js';

/** Assumed size of the L2 cache. */
const L2_BYTES = 1 << 20;
const FLOAT_BYTES = 4;
/** A batch is split only if the maps of one image have more than this many times the bytes of the weights. */
const SPLIT_RATIO = 2;

type Shapes = readonly (readonly number[])[];

/**
 * How many images of a batch are to pass through a graph together, where each passes by itself; otherwise all.
 *
 * Together they read every weight once. One after the other their maps are still in cache when the next layer reads them: worth
 * more where maps have many more bytes than weights, as in SqueezeNet, MobileNet and U-Net.
 * @param inputShapes - concrete, in the order of the inputs
 */
export function imagesAtOnce(graph: Graph, inputShapes: Shapes): number {
  const n = inputShapes[0]?.[0] ?? 1;
  if (n <= 1 || !passAlone(graph, inputShapes, n)) return n;
  const shapes = concreteShapes(graph, withImages(inputShapes, 1));
  const bytes = (values: readonly number[]): number => values.reduce((sum, value) => sum + count(shapes[value]) * FLOAT_BYTES, 0);
  const layers = runPasses(graph, shapes, true).nodes.map(({ inputs, outputs }) => bytes(inputs) + bytes(outputs));
  const weights = graph.params.reduce((sum, { shape }) => sum + count(shape) * FLOAT_BYTES, 0);
  const maps = layers.reduce((sum, layer) => sum + layer, 0);
  if (maps <= SPLIT_RATIO * weights) return n;
  return Math.min(n, Math.max(1, Math.floor(L2_BYTES / Math.max(...layers))));
}

/** The shapes for another number of images. */
export function withImages(shapes: Shapes, n: number): number[][] {
  return shapes.map(([, ...rest]) => [n, ...rest]);
}

/** Whether every value has the images along its first dimension, whatever their number, and no operator works across them. */
function passAlone(graph: Graph, inputShapes: Shapes, n: number): boolean {
  try {
    const all = concreteShapes(graph, inputShapes);
    const one = concreteShapes(graph, withImages(inputShapes, 1));
    const alike = all.every((shape, value) => String(shape) === String([n, ...(one[value] ?? []).slice(1)]) && one[value]?.[0] === 1);
    const across = graph.nodes.some(({ op, inputs }) => op.acrossImages?.(inputs.map((value) => all[value]?.length ?? 0)));
    return alike && !across;
  } catch (error) {
    // A shape that is written down for this number of images does not fit another.
    if (error instanceof ReceptiveError) return false;
    throw error;
  }
}
