/** LiteRT.js, formerly TensorFlow Lite, on its CPU backend; in browsers only. */
import { nhwc } from '../formats/tflite-ops.mjs';
import { toTflite } from '../formats/tflite.mjs';
import { toNchw, toNhwc } from '../weights.mjs';

/**
 * @param litert - the package
 * @param options.wasm - where its WebAssembly files are
 */
export function liteRt(litert, { version, threads, wasm }) {
  let started;
  return {
    name: 'litert',
    version,
    async load(net) {
      await (started ??= litert.loadLiteRt(wasm, { threads: threads > 1 }));
      const bytes = toTflite(net.rivalGraph, net.weights);
      const model = await litert.loadAndCompile(bytes, { accelerator: 'wasm', cpuOptions: { numThreads: threads } });
      const [data, shape] = [toNhwc(net.input, net.inputShape), nhwc(net.inputShape)];
      return {
        variant: (await litert.supportsFeature('relaxedSimd')) ? 'relaxed' : 'simd',
        threads,
        run: () => run(litert, model, data, shape),
        read: (outputs) => outputs.map((output, i) => fromNhwc(output, net.outputShapes[i])),
        dispose: () => model.delete(),
      };
    },
  };
}

async function run(litert, model, data, shape) {
  const x = new litert.Tensor(data, shape);
  const outputs = await model.run([x]);
  const answers = outputs.map((output) => output.toTypedArray().slice());
  for (const tensor of [x, ...outputs]) tensor.delete();
  return answers;
}

const fromNhwc = (data, shape) => (shape.length === 4 ? toNchw(data, shape) : data);
