/** What each layer takes, and what the machine would allow it. */
import { roofOf } from './arithmetic.mjs';
import { product } from './weights.mjs';

const FLOAT_BYTES = 4;

/** Multiplications of the definition for each one that the algorithm does. */
const SAVED = { 'winograd 2x2': 36 / 16, 'winograd 4x4': 144 / 36, 'winograd 2x2, 5x5': 100 / 36 };

/**
 * @param roofline - `{ gflops, gbps }` for the variant that runs
 * @returns the multiply-adds and parameters of the whole, and a row for each layer that has steps of its own
 */
export async function layersOf(net, session, roofline) {
  const summary = await session.summary();
  const profile = await session.profile();
  const bytes = bytesOf(net.graph, summary.layers);
  const seen = new Set();
  const rows = summary.layers.flatMap((layer, index) => {
    layer.steps.forEach((step) => seen.add(step));
    const steps = layer.steps.map((step) => profile.steps[step]);
    return steps.length > 0 ? [row(layer, steps, bytes[index], roofline)] : [];
  });
  const others = profile.steps.filter((_, step) => !seen.has(step));
  const between = others.map(({ layer, type, algorithm, ms }) => ({ layer, type, algorithm, ms }));
  return { macs: summary.macs, params: summary.params, memory: summary.memory, layers: [...rows, ...between] };
}

/** GFLOP/s count the multiply-adds of the definition: with Winograd, which does fewer, they are effective ones. */
function row({ name, type, macs }, steps, bytes, roofline) {
  const ms = steps.reduce((sum, step) => sum + step.ms, 0);
  const flops = 2 * macs;
  const gflops = flops / ms / 1e6;
  const algorithm = [...new Set(steps.map((step) => step.algorithm))].join(' + ');
  const figures = { layer: name, type, algorithm, ms, macs, gflops, bytes, gbps: bytes / ms / 1e6 };
  if (!roofline) return figures;
  const roof = roofOf({ flops: flops / (SAVED[algorithm] ?? 1), bytes }, roofline);
  return { ...figures, shareOfPeak: gflops / roofline.gflops, roofMs: roof.ms, bound: roof.bound };
}

/**
 * Bytes that each layer must read and write at least: parameters, inputs, output. What was folded into another layer adds its
 * parameters and further inputs there.
 */
function bytesOf(graph, layers) {
  const size = (id) => product(graph.values[id].shape) * FLOAT_BYTES;
  const maker = new Map();
  const bytes = layers.map(() => 0);
  graph.nodes.forEach(({ inputs, outputs }, index) => {
    const { params, steps } = layers[index];
    const sources = inputs.map((id) => maker.get(id));
    const home = steps.length > 0 ? index : sources.reduce((a, b) => ((b ?? -1) > (a ?? -1) ? b : a), undefined);
    if (home === undefined) return;
    const read = inputs.filter((_, i) => home === index || sources[i] !== home).reduce((sum, id) => sum + size(id), 0);
    bytes[home] += params * FLOAT_BYTES + read + (home === index ? outputs.reduce((sum, id) => sum + size(id), 0) : 0);
    for (const id of outputs) maker.set(id, home);
  });
  return bytes;
}
