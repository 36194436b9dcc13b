// One convolution computed in four ways: six nested loops; im2col, which turns it into a matrix product; that product by
// blocks that stay in cache; and over packed panels with SIMD. The numbers agree, the times do not.
//     node examples/08-naive-vs-im2col.mjs
import { conv2d, graph, input, load, tensor } from 'receptive';

const [channels, size, kernels] = [32, 56, 64];
const x = input([1, channels, size, size]);
const net = graph({ x }, { y: conv2d(channels, kernels, 3, { padding: 1, bias: false, name: 'conv' })(x) });

const wave = (shape, step) => tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * step)), shape);
const image = wave([1, channels, size, size], 0.37);
const weights = { 'conv.weight': wave([kernels, channels, 3, 3], 0.73) };
const flops = 2 * size * size * channels * 9 * kernels;

let first;
for (const algorithm of ['naive', 'im2col', 'blocked', 'packed']) {
  const model = await load(net, { weights, algorithm });
  const { y } = await model.run({ x: image });
  first ??= y.data;
  const difference = y.data.reduce((most, v, i) => Math.max(most, Math.abs(v - first[i])), 0);
  const { steps } = await model.profile({ x: image }, { iterations: 5 });
  const ms = steps.find(({ layer }) => layer === 'conv').ms;
  console.log(algorithm.padEnd(7), `${ms.toFixed(2)} ms`.padStart(10), `${(flops / ms / 1e6).toFixed(2)} GFLOP/s`.padStart(15), `  difference ${difference.toExponential(1)}`);
  await model.dispose();
}
const bytes = size * size * channels * 9 * 4;
console.log(`the im2col matrix: ${(bytes / 1e6).toFixed(1)} MB for an input of ${((image.data.length * 4) / 1e6).toFixed(1)} MB`);
