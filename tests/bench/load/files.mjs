/** Writes a network's weights as safetensors and the network as ONNX: `node files.mjs NET FOLDER`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { models, writeSafetensors } from '../../../dist/node/index.js';
import { prepareNet } from '../prepare.mjs';

const [name, folder] = process.argv.slice(2);
const net = prepareNet(models, name, 1);
const stored = Object.entries(net.weights).map(([weight, { shape, data }]) => {
  return { name: weight, shape, dtype: 'F32', bytes: new Uint8Array(data.buffer) };
});
writeFileSync(join(folder, `${name}.safetensors`), writeSafetensors(stored));
writeFileSync(join(folder, `${name}.onnx`), net.onnx(false).bytes);
