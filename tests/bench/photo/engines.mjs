/** Ways from a photo's bytes to a label in Node, one thread each. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, tensor } from '../../../dist/node/index.js';
import { ownVersion, versionOf } from '../node/packages.mjs';
import { INPUT, MODEL, NAME, OUTPUT, SIDE } from './model.mjs';
import { likeliest, toInput } from './pixels.mjs';
import { reasonOf } from './rounds.mjs';

const SHAPE = [1, 3, SIDE, SIDE];

/** By name: what opens it, given the rivals' folder and options; gives `classify(bytes)` and `dispose`.
 * Ours takes options of `classify` as well. */
const ENGINES = {
  receptive: { version: ownVersion(), open: openOurs },
  'sharp to 227, receptive': { version: ownVersion(), open: openOursAfterSharp },
  'sharp, same decode, receptive': { version: ownVersion(), open: (options) => openOursAfterSharp(options, { fastShrinkOnLoad: false }) },
  'sharp to 227, onnxruntime-web': { version: versionOf('onnxruntime-web'), open: openOrtWeb },
  'sharp to 227, onnxruntime-node': { version: versionOf('onnxruntime-node'), open: openOrtNode },
  'transformers.js': { version: versionOf('@huggingface/transformers'), open: openTransformers },
  'receptive, network alone': { version: ownVersion(), open: openNetwork },
};

export const ENGINE_NAMES = Object.keys(ENGINES);

/** One that cannot be had says why, as `reason`. */
export async function openEngine(name, options) {
  const { version, open } = ENGINES[name];
  try {
    return { name, version, ...(await open(options)) };
  } catch (error) {
    return { name, version, reason: version === undefined ? 'not installed' : reasonOf(error) };
  }
}

const loadOurs = ({ variant }) => load(MODEL, { threads: 1, variant });

async function openOurs(options) {
  const model = await loadOurs(options);
  return {
    variant: model.variant,
    classify: async (bytes, more) => (await model.classify(bytes, { topK: 1, ...more })).top[0],
    dispose: () => model.dispose(),
  };
}

/**
 * Decodes, shrinks and normalises as one writes it by hand.
 * @param how - further options of sharp's resize: without `fastShrinkOnLoad` the decoder makes no JPEG smaller than twice the input
 */
async function shrinking(how = {}) {
  const { default: sharp } = await import('sharp');
  return async (bytes) => {
    const pixels = await sharp(bytes).removeAlpha().resize(SIDE, SIDE, { fit: 'fill', ...how }).raw().toBuffer();
    return toInput(pixels, 3);
  };
}

async function openOursAfterSharp(options, how) {
  const [model, shrink] = [await loadOurs(options), await shrinking(how)];
  const classify = async (bytes) => scored(await model.run(tensor(await shrink(bytes), SHAPE)));
  return { classify, dispose: () => model.dispose() };
}

/** What no pipeline can undercut: the input is there already. */
async function openNetwork(options) {
  const [model, shrink] = [await loadOurs(options), await shrinking()];
  const inputs = new WeakMap();
  const classify = async (bytes) => {
    if (!inputs.has(bytes)) inputs.set(bytes, tensor(await shrink(bytes), SHAPE));
    return scored(await model.run(inputs.get(bytes)));
  };
  return { classify, dispose: () => model.dispose() };
}

const scored = (outputs) => likeliest(Object.values(outputs)[0].data);

async function openOrtWeb({ folder }) {
  const ort = await import('onnxruntime-web');
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  return openOrt(ort, { executionProviders: ['wasm'] }, folder);
}

async function openOrtNode({ folder }) {
  const { default: ort } = await import('onnxruntime-node');
  return openOrt(ort, { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1 }, folder);
}

async function openOrt(ort, options, folder) {
  const shrink = await shrinking();
  const bytes = readFileSync(join(folder, NAME, 'onnx', 'model.onnx'));
  const session = await ort.InferenceSession.create(bytes, { graphOptimizationLevel: 'all', logSeverityLevel: 3, ...options });
  const classify = async (photo) => {
    const outputs = await session.run({ [INPUT]: new ort.Tensor('float32', await shrink(photo), SHAPE) });
    return likeliest(outputs[OUTPUT].data);
  };
  return { classify, dispose: () => session.release() };
}

async function openTransformers({ folder }) {
  const { env, pipeline } = await import('@huggingface/transformers');
  Object.assign(env, { allowRemoteModels: false, localModelPath: folder });
  const options = { dtype: 'fp32', session_options: { intraOpNumThreads: 1, interOpNumThreads: 1 } };
  const pipe = await pipeline('image-classification', NAME, options);
  const classify = async (bytes) => {
    const [{ label, score }] = await pipe(new Blob([bytes]), { top_k: 1 });
    return { label, probability: score };
  };
  return { classify, dispose: () => pipe.dispose() };
}
