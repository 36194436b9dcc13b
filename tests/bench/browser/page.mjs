/** The page's side: runs one job when told to. */
import * as library from '../../../dist/web/all.js';
import { load as loadInline } from '../../../dist/web/inline.js';
import { liteRt } from '../rivals/litert.mjs';
import { ortWeb } from '../rivals/ort.mjs';
import { selectEngines } from '../rivals/select.mjs';
import { tfjsWasm } from '../rivals/tfjs.mjs';
import { runJob } from '../session.mjs';

const { tf } = globalThis;
const PACKAGES = new URL('../node_modules/', import.meta.url).href;

async function makeOrt(options) {
  const ort = await import('onnxruntime-web');
  ort.env.wasm.wasmPaths = `${PACKAGES}onnxruntime-web/dist/`;
  return ortWeb(ort, options);
}

/** The threaded build is chosen wherever the page is isolated; with one thread it has no others. */
function makeTfjs({ version, threads }) {
  const start = async () => {
    tf.wasm.setWasmPaths(`${PACKAGES}@tensorflow/tfjs-backend-wasm/dist/`);
    tf.wasm.setThreadsCount(threads);
    await tf.setBackend('wasm');
    return tf.wasm.getThreadsCount();
  };
  return tfjsWasm(tf, { version, start });
}

const makeLiteRt = async (options) => liteRt(await import('@litertjs/core'), { ...options, wasm: `${PACKAGES}@litertjs/core/wasm/` });

function onlyInNode() {
  throw new Error('native code, not for browsers');
}

function rivals(versions) {
  return [
    { name: 'onnxruntime-web', version: versions['onnxruntime-web'], make: makeOrt },
    { name: 'tfjs-wasm', version: versions['@tensorflow/tfjs-backend-wasm'], make: makeTfjs },
    { name: 'litert', version: versions['@litertjs/core'], make: makeLiteRt },
    { name: 'onnxruntime-node', version: versions['onnxruntime-node'], make: onlyInNode },
  ];
}

/** @param roofline - the modules' bytes in base64 */
globalThis.runBench = (job, versions, roofline) => {
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const rooflineModules = Object.fromEntries(Object.entries(roofline).map(([name, text]) => [name, bytes(text)]));
  const own = { ...library, loadInline, version: versions.receptive };
  const enginesFor = (net) => selectEngines(net, job, own, rivals(versions));
  return runJob(job, { models: library.models, rooflineModules, enginesFor, stage: globalThis.reportStage });
};
globalThis.benchReady = true;
