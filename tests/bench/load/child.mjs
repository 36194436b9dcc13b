/** Loads a network once, in a fresh process, and gives one answer: `node child.mjs ENGINE NET FOLDER`. */
import { join } from 'node:path';
import { buildNet } from '../nets.mjs';
import { peakMb } from '../node/peak.mjs';
import { inputOf } from '../weights.mjs';

/** Each imports its library, loads the file and gives a function that runs it. */
const ENGINES = {
  'receptive, inline': () => openOurs(import('../../../dist/node/inline.js')),
  'receptive, worker': () => openOurs(import('../../../dist/node/index.js')),
  'onnxruntime-web': async () => {
    const ort = await import('onnxruntime-web');
    ort.env.wasm.numThreads = 1;
    return openOrt(ort, { executionProviders: ['wasm'] });
  },
  'onnxruntime-node': async () => {
    const { default: ort } = await import('onnxruntime-node');
    return openOrt(ort, { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 });
  },
};

const [engine, name, folder] = process.argv.slice(2);

async function openOurs(importing) {
  const { load, models, tensor } = await importing;
  const { graph, inputShape } = buildNet(models, name, 1);
  const model = await load(graph, { weights: join(folder, `${name}.safetensors`) });
  return () => model.run(tensor(inputOf(inputShape), inputShape));
}

async function openOrt(ort, options) {
  const session = await ort.InferenceSession.create(join(folder, `${name}.onnx`), { ...options, logSeverityLevel: 3 });
  const { inputShape } = buildNet({ [name]: () => undefined }, name, 1);
  return () => session.run({ [session.inputNames[0]]: new ort.Tensor('float32', inputOf(inputShape), inputShape) });
}

const start = performance.now();
const run = await ENGINES[engine]();
const ready = performance.now() - start;
await run();
const first = performance.now() - start;
process.send({ ready, first, rssMb: peakMb() }, () => process.exit(0));
