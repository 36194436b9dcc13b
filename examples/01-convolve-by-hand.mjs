// A kernel slides over an image: multiply what lies under it, add up, write one number. No flip, as in every network.
// First by hand, then by a network of one layer.
//     node examples/01-convolve-by-hand.mjs
import { conv2d, graph, input, load, tensor } from 'receptive';

const image = [7, 2, 8, 8, 4, 3, 6, 6, 6, 2, 1, 6, 3, 0, 5, 0, 3, 8, 5, 2, 3, 9, 4, 3, 6]; // 5 rows of 5
const kernel = [5, 9, 1, 3, 8, 3, 3, 4, 6]; // 3 rows of 3

const byHand = [];
for (let row = 0; row <= 5 - 3; row++) {
  for (let column = 0; column <= 5 - 3; column++) {
    let sum = 0;
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) sum += image[(row + i) * 5 + (column + j)] * kernel[i * 3 + j];
    }
    byHand.push(sum);
  }
}

// The same as a layer: one image of one channel, one kernel for it. Shapes are NCHW and [out, in, KH, KW].
const x = input([1, 1, 5, 5]);
const net = graph({ x }, { y: conv2d(1, 1, 3, { bias: false, name: 'conv' })(x) });
const model = await load(net, { weights: { 'conv.weight': tensor(kernel, [1, 1, 3, 3]) } });
const { y } = await model.run({ x: tensor(image, [1, 1, 5, 5]) });

const [, , height, width] = y.shape;
for (let row = 0; row < height; row++) console.log(Array.from(y.data.subarray(row * width, (row + 1) * width)).join(' '));
console.log(y.data.every((value, i) => value === byHand[i]) ? 'the same as by hand' : `by hand: ${byHand.join(' ')}`);
await model.dispose();
