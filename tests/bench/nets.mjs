/** The networks of the benchmark, how large their inputs are, and how fast they are meant to be. */

/**
 * Targets: `web` times as fast as the better of onnxruntime-web and tfjs-wasm, at most `native` times the time of
 * onnxruntime-node; `worker` milliseconds that the worker may add; `wide` the same with paired vectors.
 */
export const NETS = {
  lenet5: { input: [1, 28, 28], rounds: 500, worker: true, target: { web: 3, native: 1, worker: 0.15 }, wide: { web: 2.2, native: 0.7 } },
  alexnet: { input: [3, 224, 224], target: { web: 3, native: 1 }, wide: { web: 3, native: 1.0 } },
  vgg16: { input: [3, 224, 224], target: { web: 5, native: 0.7 }, wide: { web: 8, native: 0.45 } },
  resnet18: { input: [3, 224, 224], target: { web: 5, native: 0.9 }, wide: { web: 4.5, native: 0.85 } },
  resnet34: { input: [3, 224, 224], optional: true },
  resnet50: { input: [3, 224, 224], target: { web: 4, native: 1.2 }, wide: { web: 3.5, native: 1.1 } },
  resnet101: { input: [3, 224, 224], optional: true },
  resnet152: { input: [3, 224, 224], target: { web: 4, native: 1.2 }, wide: { web: 3.5, native: 1.1 } },
  mobilenet_v2: { input: [3, 224, 224], target: { web: 3, native: 1.2 }, wide: { web: 2.2, native: 1.4 } },
  squeezenet1_1: { input: [3, 224, 224], target: { web: 3, native: 1.2 }, wide: { web: 3.2, native: 1.1 } },
  unet: { input: [3, 256, 256], options: { base: 32 }, target: { web: 6, native: 0.65 }, wide: { web: 7, native: 0.5 } },
  yolov3_tiny: { input: [3, 416, 416], target: { web: 5, native: 0.8 }, wide: { web: 5, native: 0.75 } },
};

/** What runs unless other nets are named. */
export const DEFAULT_NETS = Object.keys(NETS).filter((name) => !NETS[name].optional);

/** The targets are for one image and one thread. */
export function targetOf(name, batch, threads) {
  const { target, wide } = NETS[name];
  return batch === 1 && threads === 1 && target ? { ...target, wide } : undefined;
}

/**
 * A network with all shapes known.
 * @param models - the model builders of this library
 */
export function buildNet(models, name, batch) {
  const { input, options = {}, rounds = 30, worker = false } = NETS[name];
  const inputShape = [batch, ...input];
  const graph = models[name]({ input: inputShape, ...options });
  return { name, batch, graph, inputShape, maxRounds: rounds, worker };
}
