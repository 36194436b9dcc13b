/** The engines as they are in Node. */
import { fileURLToPath } from 'node:url';
import * as library from '../../../dist/node/index.js';
import { load as loadInline } from '../../../dist/node/inline.js';
import { ortNode, ortWeb } from '../rivals/ort.mjs';
import { ours } from '../rivals/ours.mjs';
import { tfjsWasm } from '../rivals/tfjs.mjs';
import { ownVersion, versionOf } from './packages.mjs';

export const { models } = library;

const TFJS_WASM = fileURLToPath(new URL('../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url));

/** How each rival is made; the import fails where it is not installed. */
const RIVALS = {
  async 'onnxruntime-web'(options) {
    return ortWeb(await import('onnxruntime-web'), options);
  },
  async 'tfjs-wasm'(options) {
    const { default: tf } = await import('@tensorflow/tfjs-core');
    const { default: wasm } = await import('@tensorflow/tfjs-backend-wasm');
    const start = async () => {
      wasm.setWasmPaths(TFJS_WASM);
      await tf.setBackend('wasm');
      // The backend has no threads in Node: tensorflow/tfjs issue 3830.
      return 1;
    };
    return tfjsWasm(tf, { ...options, start });
  },
  async 'onnxruntime-node'(options) {
    const { default: ort } = await import('onnxruntime-node');
    return ortNode(ort, options);
  },
};

const PACKAGE_OF = { 'tfjs-wasm': '@tensorflow/tfjs-backend-wasm' };

/**
 * Ours first, then the rivals; one that is excluded or not installed says why.
 * @param exclude - reasons by name
 */
export async function enginesFor(net, { threads, variant, exclude }) {
  const own = { version: ownVersion(), threads, variant };
  const engines = [ours({ ...library, loadInline }, own)];
  if (net.worker && threads === 1) engines.push(ours({ ...library, loadInline }, { ...own, worker: true }));
  for (const [name, make] of Object.entries(RIVALS)) {
    const version = versionOf(PACKAGE_OF[name] ?? name);
    engines.push(exclude[name] ? { name, version, reason: exclude[name] } : await made(name, version, () => make({ version, threads })));
  }
  return engines.map((engine) => (exclude[engine.name] ? { ...engine, load: undefined, reason: exclude[engine.name] } : engine));
}

async function made(name, version, make) {
  try {
    return await make();
  } catch (error) {
    return { name, version, reason: `not installed: ${String(error.message).split('\n')[0]}` };
  }
}
