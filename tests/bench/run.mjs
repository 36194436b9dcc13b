/**
 * This library against onnxruntime-web: the same networks and weights, one thread each, in one process, interleaved.
 *   npm run bench [-- --rounds 15 --nets resnet18,squeezenet1_1]
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import * as ort from 'onnxruntime-web';
import { models, tensor } from '../../dist/node/index.js';
import { load } from '../../dist/node/inline.js';
import { toOnnx } from './onnx.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, nets: { type: 'string', default: 'resnet18,squeezenet1_1' } },
});
const rounds = Number(values.rounds);
ort.env.wasm.numThreads = 1;

/** Weights that keep activations near 1: uniform, scaled by fan-in; variances positive. */
function weightsOf(graph) {
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 31 - 1;
  };
  const entries = graph.params.map(({ name, shape }) => {
    const length = shape.reduce((a, b) => a * b, 1);
    const fanIn = shape.slice(1).reduce((a, b) => a * b, 1);
    const [offset, scale] = name.endsWith('running_var') ? [1.15, 0.15] : shape.length > 1 ? [0, Math.sqrt(6 / fanIn)] : [name.endsWith('weight') ? 1 : 0, 0.1];
    return [name, tensor(Float32Array.from({ length }, () => offset + scale * random()), shape)];
  });
  return Object.fromEntries(entries);
}

const median = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];
const spread = (times) => `${Math.min(...times).toFixed(1)}..${Math.max(...times).toFixed(1)}`;

const rows = [];
for (const name of values.nets.split(',')) {
  const shape = [1, 3, 224, 224];
  const graph = models[name]({ input: shape });
  const weights = weightsOf(graph);
  const model = await load(graph, { weights });
  const { bytes, input, output } = toOnnx(graph, weights, shape, [1, 1000]);
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' });
  const data = Float32Array.from({ length: 3 * 224 * 224 }, (_, i) => Math.sin(i));
  const theirs = async () => (await session.run({ [input]: new ort.Tensor('float32', data, shape) }))[output].data;
  const ours = () => model.run(tensor(data, shape)).output.data;

  const [a, b] = [ours(), await theirs()];
  const largest = a.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const difference = a.reduce((most, x, i) => (Math.abs(x - b[i]) <= most ? most : Math.abs(x - b[i])), 0);
  if (!(difference <= 1e-4 * largest)) throw new Error(`${name}: the answers differ by ${difference} of ${largest}`);

  const times = { ours: [], theirs: [] };
  for (let round = 0; round < rounds + 3; round += 1) {
    for (const [who, run] of Object.entries({ ours, theirs })) {
      const start = performance.now();
      await run();
      if (round >= 3) times[who].push(performance.now() - start);
    }
  }
  const [mine, rival] = [median(times.ours), median(times.theirs)];
  rows.push(`| ${name} | ${mine.toFixed(1)} (${spread(times.ours)}) | ${rival.toFixed(1)} (${spread(times.theirs)}) | ${(rival / mine).toFixed(2)} | ${model.variant} |`);
  model.dispose();
  await session.release();
}
console.log(`${cpus()[0].model}, Node ${process.version}, batch 1, one thread, ${rounds} rounds\n`);
console.log('| net | receptive, ms median (min..max) | onnxruntime-web, ms median (min..max) | times faster | variant |\n|---|---|---|---|---|');
console.log(rows.join('\n'));
