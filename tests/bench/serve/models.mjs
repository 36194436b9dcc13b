/** Networks as a service of this library and one on onnxruntime take them. */
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { models, saveModel, tensor } from '../../../dist/node/index.js';
import { MODEL, NAME, OUTPUT, SIDE, writeForRivals } from '../photo/model.mjs';
import { prepareNet } from '../prepare.mjs';

/** ImageNet's means and deviations of pixels from 0 to 255, red first. */
const [MEAN, STD] = [[123.675, 116.28, 103.53], [58.395, 57.12, 57.375]];

const CLASSES = 1000;

/** SqueezeNet as it ships. */
function squeezenet(folder) {
  copyFileSync(MODEL, join(folder, 'squeezenet1_1.safetensors'));
  writeForRivals(folder);
  return { onnx: join(folder, NAME, 'onnx', 'model.onnx'), output: OUTPUT, side: SIDE, order: [2, 1, 0], mean: [104.006, 116.669, 122.679], std: [1, 1, 1] };
}

/** MobileNetV2 with made-up weights: it takes the same time. */
function mobilenet(folder) {
  const net = prepareNet(models, 'mobilenet_v2', 1);
  const weights = Object.fromEntries(Object.entries(net.weights).map(([name, { shape, data }]) => [name, tensor(data, shape)]));
  const labels = Array.from({ length: CLASSES }, (_, i) => `class ${i}`);
  writeFileSync(join(folder, 'mobilenet_v2.safetensors'), saveModel({ graph: net.graph, weights, preprocess: 'imagenet', labels }));
  const onnx = join(folder, 'mobilenet_v2.onnx');
  writeFileSync(onnx, net.onnx(false).bytes);
  return { onnx, side: 224, order: [0, 1, 2], mean: MEAN, std: STD };
}

const NETS = { squeezenet1_1: squeezenet, mobilenet_v2: mobilenet };

export const SERVED = Object.keys(NETS);

/** Writes a network. @returns the file of this library, and what the rival is told */
export function writeNet(name, folder) {
  const rival = NETS[name](folder);
  return { ours: join(folder, `${name}.safetensors`), rival };
}
