// LeNet-5 (LeCun et al. 1998) layer by layer. Shapes are inferred while this is written down: change linear(400, 120) to
// linear(401, 120) and the error names that layer before anything is loaded.
//     node examples/06-layers-lenet.mjs
import { avgPool2d, conv2d, flatten, graph, input, linear, load, sequential, tanh, tensor } from 'receptive';

const lenet = sequential([
  conv2d(1, 6, 5, { padding: 2 }),
  tanh(),
  avgPool2d(2),
  conv2d(6, 16, 5),
  tanh(),
  avgPool2d(2),
  flatten(),
  linear(400, 120),
  tanh(),
  linear(120, 84),
  tanh(),
  linear(84, 10),
]);
const x = input([null, 1, 28, 28]); // null: any batch
const net = graph({ x }, { logits: lenet(x) });

// Parameters are named as in PyTorch: 0.weight, 0.bias, 3.weight, ... Here they are made up.
const wave = (shape, scale) => {
  const length = shape.reduce((a, b) => a * b, 1);
  return tensor(Float32Array.from({ length }, (_, i) => scale * Math.sin(i + 1)), shape);
};
const weights = Object.fromEntries(net.params.map(({ name, shape }) => [name, wave(shape, 0.1)]));

const model = await load(net, { weights });
const { layers, params, macs } = await model.summary();
for (const { name, type, outputShape, params: own, receptiveField } of layers) {
  console.log(name.padEnd(6), type.padEnd(10), outputShape.join('x').padEnd(12), String(own).padStart(6), `sees ${receptiveField ?? 'all'}`);
}
console.log(`${params} parameters, ${macs} multiply-adds`);

const { logits } = await model.run({ x: wave([2, 1, 28, 28], 1) }); // a batch of two
console.log('logits', logits.shape, Array.from(logits.data.slice(0, 3), (v) => v.toFixed(4)));
await model.dispose();
