// Joins the extracted weights with the graph, preprocessing and labels into one self-contained file:
//     node examples/assets/make.mjs build/          (after extract.py, see there)
// The net is the Caffe original of SqueezeNet 1.1 as it was converted, which differs from torchvision's in three places:
// the first convolution pads by 1, pooling rounds down, and nothing clips the last convolution.
import { readFileSync, writeFileSync } from 'node:fs';
import { cat, conv2d, flatten, globalAvgPool2d, graph, graphToData, input, maxPool2d, named, relu, writeSafetensors } from 'receptive';

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node examples/assets/make.mjs FOLDER');
  process.exit(2);
}

const convRelu = (name, from, to, k, options) => (x) => relu()(named(name, conv2d(from, to, k, options))(x));

function fire(index, inputs, squeeze, expand) {
  const name = `features.${index}`;
  return (x) => {
    const s = convRelu(`${name}.squeeze`, inputs, squeeze, 1)(x);
    const one = convRelu(`${name}.expand1x1`, squeeze, expand, 1)(s);
    const three = convRelu(`${name}.expand3x3`, squeeze, expand, 3, { padding: 1 })(s);
    return cat([one, three], 1);
  };
}

const pool = maxPool2d(3, { stride: 2 });
const image = input([null, 3, 227, 227]);
const logits = [
  convRelu('features.0', 3, 64, 3, { stride: 2, padding: 1 }),
  pool,
  fire(3, 64, 16, 64),
  fire(4, 128, 16, 64),
  pool,
  fire(6, 128, 32, 128),
  fire(7, 256, 32, 128),
  pool,
  fire(9, 256, 48, 192),
  fire(10, 384, 48, 192),
  fire(11, 384, 64, 256),
  fire(12, 512, 64, 256),
  named('classifier.1', conv2d(512, 1000, 1)),
  globalAvgPool2d(),
  flatten(),
].reduce((x, layer) => layer(x), image);

const bytes = new Uint8Array(readFileSync(`${folder}/tensors.bin`));
const tensors = JSON.parse(readFileSync(`${folder}/tensors.json`, 'utf8')).map(({ offset, length, ...rest }) => ({
  ...rest,
  bytes: bytes.subarray(offset, offset + length),
}));
const labels = JSON.parse(readFileSync(new URL('imagenet1k.json', import.meta.url), 'utf8'));
const preprocess = { size: [227, 227], resize: 'stretch', mean: [104.006, 116.669, 122.679], std: [1, 1, 1], scale: 1, order: 'bgr' };
const receptive = { version: 1, name: 'squeezenet1_1', graph: graphToData(graph({ x: image }, { logits })), preprocess, labels };
const target = new URL('squeezenet1_1.safetensors', import.meta.url);
writeFileSync(target, writeSafetensors(tensors, { receptive: JSON.stringify(receptive) }));
