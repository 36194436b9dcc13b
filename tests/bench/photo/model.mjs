/** The network of the bench, SqueezeNet 1.1 with trained weights, in the forms that this library and its rivals read. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { graphFromData } from '../../../dist/node/index.js';
import { mergePads } from '../formats/pads.mjs';
import { toOnnx } from '../formats/onnx.mjs';

/** What this library loads: graph, weights, preprocessing and labels. */
export const MODEL = fileURLToPath(new URL('../../../examples/assets/squeezenet1_1.safetensors', import.meta.url));

/** The folder's name below which transformers.js finds the network. */
export const NAME = 'squeezenet';

/** Height and width of the input. */
export const SIDE = 227;

/** Names of the input and output that transformers.js expects of a classifier. */
export const INPUT = 'pixel_values';
export const OUTPUT = 'logits';

/** Writes the network as transformers.js wants it, ONNX and two configurations, into a folder; all rivals read this ONNX. */
export function writeForRivals(folder) {
  const { description, weights } = readStored(readFileSync(MODEL));
  const { graph: data, labels, preprocess } = description;
  data.shapes[data.inputs[0].name] = [1, 3, SIDE, SIDE];
  const graph = graphFromData(data);
  const names = { [graph.inputs[0].value]: INPUT, [graph.outputs[0].value]: OUTPUT };
  const { bytes } = toOnnx(mergePads(graph), weights, { names });
  mkdirSync(join(folder, NAME, 'onnx'), { recursive: true });
  writeFileSync(join(folder, NAME, 'onnx', 'model.onnx'), bytes);
  const write = (file, content) => writeFileSync(join(folder, NAME, file), JSON.stringify(content));
  write('config.json', { model_type: 'resnet', id2label: { ...labels } });
  write('preprocessor_config.json', processorOf(preprocess));
}

/** What comes after reading: means are given in RGB there, and the order of the channels is turned last. */
function processorOf({ mean, std }) {
  return {
    image_processor_type: 'ViTImageProcessor',
    do_resize: true,
    size: { height: SIDE, width: SIDE },
    resample: 2,
    do_rescale: false,
    do_normalize: true,
    image_mean: mean.toReversed(),
    image_std: std.toReversed(),
    do_flip_channel_order: true,
  };
}

/** The description and the weights, as float32, of a model file of this library. */
function readStored(file) {
  const length = Number(file.readBigUInt64LE(0));
  const { __metadata__: metadata, ...entries } = JSON.parse(file.toString('utf8', 8, 8 + length));
  const weights = Object.entries(entries).map(([name, { dtype, shape, data_offsets: [from, to] }]) => {
    const bytes = file.subarray(8 + length + from, 8 + length + to);
    return [name, { shape, data: dtype === 'F16' ? fromHalves(bytes) : new Float32Array(Uint8Array.from(bytes).buffer) }];
  });
  return { description: JSON.parse(metadata.receptive), weights: Object.fromEntries(weights) };
}

/** IEEE 754 binary16 to float32. */
function fromHalves(bytes) {
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) => {
    const half = bytes.readUInt16LE(2 * i);
    const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
    const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
    return half >> 15 ? -size : size;
  });
}
