// A kernel slides over an image: multiply what lies under it, add up, write one number. No flip, as in every network.
//     node examples/05-kernels.mjs
import { conv2d, graph, input, load, tensor } from 'receptive';

const image = tensor([7, 2, 8, 8, 4, 3, 6, 6, 6, 2, 1, 6, 3, 0, 5, 0, 3, 8, 5, 2, 3, 9, 4, 3, 6], [1, 1, 5, 5]);
const kernel = tensor([5, 9, 1, 3, 8, 3, 3, 4, 6], [1, 1, 3, 3]);

const x = input([1, 1, 5, 5]);
const net = graph({ x }, { y: conv2d(1, 1, 3, { bias: false, name: 'conv' })(x) });
const model = await load(net, { weights: { 'conv.weight': kernel } });
const { y } = await model.run({ x: image });

const [, , height, width] = y.shape;
for (let row = 0; row < height; row++) console.log(Array.from(y.data.subarray(row * width, (row + 1) * width)).join(' '));
await model.dispose();
