// What a chain of layers cannot say: a value used twice. The residual block of He et al. (2015, arXiv 1512.03385).
//     node examples/07-residual.mjs
import { add, batchNorm2d, conv2d, graph, input, load, relu, sequential, tensor } from 'receptive';

const block = sequential({
  conv1: conv2d(8, 8, 3, { padding: 1, bias: false }),
  bn1: batchNorm2d(8),
  relu: relu(),
  conv2: conv2d(8, 8, 3, { padding: 1, bias: false }),
  bn2: batchNorm2d(8),
});

const x = input([1, 8, 16, 16]);
const y = relu()(add(block(x), x));
const net = graph({ x }, { y });

const fill = (shape, value) => tensor(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, value), shape);
const weights = {};
for (const { name, shape } of net.params) {
  weights[name] = fill(shape, (_, i) => (name.endsWith('running_var') ? 1 : 0.1 * Math.cos(i)));
}

// Loading folds both normalisations into their convolutions, and adds x where the second one stores its result:
// seven layers become two convolutions.
const model = await load(net, { weights });
const image = fill([1, 8, 16, 16], (_, i) => Math.sin(i / 7));
const { steps } = await model.profile({ x: image });
for (const { layer, type, algorithm, ms } of steps) console.log(layer.padEnd(8), type.padEnd(12), algorithm.padEnd(10), `${ms.toFixed(3)} ms`);

const { y: out } = await model.run({ x: image });
console.log('y', out.shape, 'from', Math.min(...out.data).toFixed(3), 'to', Math.max(...out.data).toFixed(3));
await model.dispose();
