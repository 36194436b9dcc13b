/** Ways from an element, a file or a canvas to a label in a page, one thread each. */
import { load, tensor } from '../../../dist/web/all.js';
import { likeliest, toInput } from './pixels.mjs';
import { reasonOf } from './rounds.mjs';

const PACKAGES = new URL('../node_modules/', import.meta.url).href;
const WEIGHTS = new URL('../../../examples/assets/squeezenet1_1.safetensors', import.meta.url).href;

/**
 * @param place - `{ variant, made, name, input, output, side, versions }`: `made` is the URL of the folder with the rivals' network
 * @returns the engines, ours first; one that cannot be had says why, as `reason`
 */
export async function openEngines(place) {
  const model = await load(WEIGHTS, { threads: 1, variant: place.variant });
  const shrink = shrinking(place.side);
  const shape = [1, 3, place.side, place.side];
  const own = place.versions.receptive;
  const run = async (x) => likeliest(Object.values(await model.run(tensor(x, shape)))[0].data);
  return [
    { name: 'receptive', version: own, classify: async (image) => (await model.classify(image, { topK: 1 })).top[0] },
    { name: 'drawImage to 227, receptive', version: own, classify: async (image) => run(await shrink(image)) },
    await opened('drawImage to 227, onnxruntime-web', place.versions['onnxruntime-web'], () => openOrt(place, shrink, shape)),
    await opened('transformers.js', place.versions['@huggingface/transformers'], () => openTransformers(place)),
    { name: 'receptive, network alone', version: own, classify: networkAlone(shrink, run) },
  ];
}

async function opened(name, version, open) {
  try {
    return { name, version, classify: await open() };
  } catch (error) {
    return { name, version, reason: version === undefined ? 'not installed' : reasonOf(error) };
  }
}

/** Draws what it is given into a small canvas and reads that back. */
function shrinking(side) {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = side;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return async (image) => {
    const drawable = image instanceof Blob ? await createImageBitmap(image) : image;
    context.drawImage(drawable, 0, 0, side, side);
    drawable.close?.();
    return toInput(context.getImageData(0, 0, side, side).data, 4);
  };
}

/** What no pipeline can undercut: the input is there already. */
function networkAlone(shrink, run) {
  let x;
  return async (image) => {
    x ??= await shrink(image);
    return run(x);
  };
}

async function openOrt({ made, name, input, output }, shrink, shape) {
  const ort = await import('onnxruntime-web');
  Object.assign(ort.env.wasm, { numThreads: 1, wasmPaths: `${PACKAGES}onnxruntime-web/dist/` });
  ort.env.logLevel = 'error';
  const options = { executionProviders: ['wasm'], graphOptimizationLevel: 'all', logSeverityLevel: 3 };
  const session = await ort.InferenceSession.create(`${made}${name}/onnx/model.onnx`, options);
  return async (image) => {
    const outputs = await session.run({ [input]: new ort.Tensor('float32', await shrink(image), shape) });
    return likeliest(outputs[output].data);
  };
}

/** It takes URLs, blobs and canvases. */
async function openTransformers({ made, name }) {
  const { env, pipeline } = await import('@huggingface/transformers');
  // A path: it looks for no local model behind a URL.
  const localModelPath = new URL(made).pathname;
  const own = { allowLocalModels: true, allowRemoteModels: false, useBrowserCache: false, localModelPath };
  Object.assign(env, own);
  const wasmPaths = `${PACKAGES}@huggingface/transformers/node_modules/onnxruntime-web/dist/`;
  Object.assign(env.backends.onnx.wasm, { numThreads: 1, proxy: false, wasmPaths });
  const pipe = await pipeline('image-classification', name, { dtype: 'fp32', device: 'wasm' });
  return async (image) => {
    const [{ label, score }] = await pipe(image instanceof HTMLImageElement ? image.src : image, { top_k: 1 });
    return { label, probability: score };
  };
}
