// Joins the extracted weights with the graph, preprocessing and labels into one self-contained file:
//     node examples/assets/make.mjs build/          (after extract.py, see there)
// The net is the Caffe original of SqueezeNet 1.1 as it was converted, which differs from torchvision's in three places:
// the first convolution pads by 1, pooling rounds down, and nothing clips the last convolution.
import { readFileSync, writeFileSync } from 'node:fs';
import {
  cat, conv2d, dropout, flatten, globalAvgPool2d, graph, graphToData, input, maxPool2d, named, relu, sequential, writeSafetensors,
} from 'receptive';

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('usage: node examples/assets/make.mjs FOLDER');
  process.exit(2);
}

/** Few channels by 1x1, then many by 1x1 and by 3x3 side by side. */
function fire(from, squeezed, expanded) {
  const squeeze = sequential({ squeeze: conv2d(from, squeezed, 1), squeeze_activation: relu() });
  const small = sequential({ expand1x1: conv2d(squeezed, expanded, 1), expand1x1_activation: relu() });
  const large = sequential({ expand3x3: conv2d(squeezed, expanded, 3, { padding: 1 }), expand3x3_activation: relu() });
  return named('fire', (x) => {
    const s = squeeze(x);
    return cat([small(s), large(s)], 1);
  });
}

const pool = () => maxPool2d(3, { stride: 2 });
const layers = [
  conv2d(3, 64, 3, { stride: 2, padding: 1 }), relu(), pool(),
  fire(64, 16, 64), fire(128, 16, 64), pool(),
  fire(128, 32, 128), fire(256, 32, 128), pool(),
  fire(256, 48, 192), fire(384, 48, 192), fire(384, 64, 256), fire(512, 64, 256),
];
// By key, since an index gives way to a layer's own name.
const features = sequential(Object.fromEntries(layers.entries()), { name: 'features' });
const classifier = sequential([dropout(), conv2d(512, 1000, 1), globalAvgPool2d(), flatten()], { name: 'classifier' });
const image = input([null, 3, 227, 227]);
const logits = classifier(features(image));

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
