/** The engines as they are in Node. */
import { fileURLToPath } from 'node:url';
import * as library from '../../../dist/node/index.js';
import { load as loadInline } from '../../../dist/node/inline.js';
import { ortNode, ortWeb } from '../rivals/ort.mjs';
import { selectEngines } from '../rivals/select.mjs';
import { tfjsWasm } from '../rivals/tfjs.mjs';
import { ownVersion, versionOf } from './packages.mjs';

export const { models } = library;

const TFJS_WASM = fileURLToPath(new URL('../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url));

const RIVALS = [
  {
    name: 'onnxruntime-web',
    version: versionOf('onnxruntime-web'),
    make: async (options) => ortWeb(await import('onnxruntime-web'), options),
  },
  { name: 'tfjs-wasm', version: versionOf('@tensorflow/tfjs-backend-wasm'), make: makeTfjs },
  { name: 'litert', version: versionOf('@litertjs/core'), make: onlyInBrowsers },
  {
    name: 'onnxruntime-node',
    version: versionOf('onnxruntime-node'),
    make: async (options) => ortNode((await import('onnxruntime-node')).default, options),
  },
];

function onlyInBrowsers() {
  throw new Error('LiteRT.js runs in browsers only (--browser)');
}

async function makeTfjs(options) {
  const { default: tf } = await import('@tensorflow/tfjs-core');
  const { default: wasm } = await import('@tensorflow/tfjs-backend-wasm');
  const start = async () => {
    wasm.setWasmPaths(TFJS_WASM);
    await tf.setBackend('wasm');
    // The backend has no threads in Node: tensorflow/tfjs issue 3830.
    return 1;
  };
  return tfjsWasm(tf, { ...options, start });
}

export function enginesFor(net, job) {
  return selectEngines(net, job, { ...library, loadInline, version: ownVersion() }, RIVALS);
}
