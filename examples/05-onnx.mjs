// An ONNX file: what it takes, what it gives, and inputs of many sizes. P-Net of MTCNN (Zhang et al. 2016, arXiv 1604.02878) says
// of every window of 12x12 pixels, two pixels apart, whether it holds a face; in a small copy of a photo faces are that small.
//     node examples/05-onnx.mjs
import { readFileSync } from 'node:fs';
import { decodeImage, load, resize, tensor } from 'receptive';

const at = (path) => new URL(path, import.meta.url);
const show = ({ name, dtype, shape }) => `${name}: ${dtype} [${shape.map((dim) => dim ?? '?').join(', ')}]`;

const model = await load(at('../tests/onnx/real/mtcnn_pnet.onnx'));
console.log('takes', model.inputs.map(show).join('; '));
console.log('gives', model.outputs.map(show).join('; '));

/** What the network wants: from -1 to 1, channels last, and rows and columns exchanged. */
function toInput({ data, width, height }) {
  const values = new Float32Array(data.length);
  for (let i = 0; i < values.length; i++) {
    const [channel, row, column] = [i % 3, Math.floor(i / 3) % height, Math.floor(i / 3 / height)];
    values[i] = (data[(row * width + column) * 3 + channel] - 127.5) / 128;
  }
  return tensor(values, [1, width, height, 3]);
}

const photo = await decodeImage(readFileSync(at('../tests/image/photos/astronaut.png')));
let best = { score: 0 };
for (const size of [24, 36, 48, 72, 96]) {
  const { softmax } = await model.run(toInput(resize(photo, size, size)));
  const [, columns, rows] = softmax.shape;
  const scale = photo.width / size;
  for (let i = 0; i < columns * rows; i++) {
    const score = softmax.data[2 * i + 1];
    if (score > best.score) best = { score, side: 12 * scale, left: 2 * Math.floor(i / rows) * scale, top: 2 * (i % rows) * scale };
  }
}
const [side, left, top] = [best.side, best.left, best.top].map(Math.round);
console.log(`a face, ${(100 * best.score).toFixed(1)} %: ${side} pixels wide, ${left} from the left, ${top} from the top`);
await model.dispose();
