/** TensorFlow.js on its WebAssembly backend: channels-last, fused operators, as a converted model would call them. */
import { foldGraph } from '../formats/folded.mjs';
import { toNchw, toNhwc } from '../weights.mjs';
import { tfjsStep } from './tfjs-ops.mjs';

/** Activations that its kernels compute together with a convolution or product. */
const FUSABLE = new Set(['ReLU', 'ReLU6', 'LeakyReLU']);

/**
 * @param tf - `@tensorflow/tfjs-core`, the backend registered
 * @param options.start - sets the backend up, once; gives the number of threads
 */
export function tfjsWasm(tf, { version, start }) {
  let started;
  return {
    name: 'tfjs-wasm',
    version,
    async load(net) {
      const threads = await (started ??= start());
      const model = new Model(tf, net);
      return {
        variant: 'simd',
        threads,
        run: () => model.run(),
        read: (outputs) => outputs.map((data, i) => fromNhwc(data, net.outputShapes[i])),
        dispose: () => model.dispose(),
      };
    },
  };
}

const fromNhwc = (data, shape) => (shape.length === 4 ? toNchw(data, shape) : data);

class Model {
  constructor(tf, { rivalGraph, weights, input, inputShape }) {
    const { steps, outputs } = foldGraph(rivalGraph, weights, FUSABLE);
    const shapes = rivalGraph.values.map(({ shape }) => shape);
    const [n, c, h, w] = inputShape;
    this.tf = tf;
    this.input = { id: rivalGraph.inputs[0].value, data: toNhwc(input, inputShape), shape: [n, h, w, c] };
    this.outputs = outputs;
    this.kept = [];
    const keep = (tensor) => {
      this.kept.push(tensor);
      return tensor;
    };
    this.steps = steps.map((step) => ({ ...step, compute: tfjsStep(tf, step, { shapes, steps, keep }), weight: undefined }));
    this.dead = lastUses(this.steps, new Set(outputs));
  }

  /** Every output's elements, channels-last; what no later step reads is freed at once. */
  run() {
    const { tf, input } = this;
    const values = new Map([[input.id, tf.tensor(input.data, input.shape)]]);
    this.steps.forEach(({ inputs, output, compute }, index) => {
      values.set(output, tf.tidy(() => compute(...inputs.map((id) => values.get(id)))));
      for (const id of this.dead[index]) values.get(id).dispose();
    });
    return this.outputs.map((id) => {
      const data = values.get(id).dataSync();
      values.get(id).dispose();
      return data;
    });
  }

  dispose() {
    this.tf.dispose(this.kept);
  }
}

/** For each step the values that it is the last to read. */
function lastUses(steps, outputs) {
  const last = new Map();
  steps.forEach(({ inputs }, index) => inputs.forEach((id) => last.set(id, index)));
  return steps.map((_, index) => [...last].filter(([id, at]) => at === index && !outputs.has(id)).map(([id]) => id));
}
