/**
 * What the benchmark of training learns, by name and batch, and how many times PyTorch's time it may take with each variant. All learn by
 * SGD with momentum from cross-entropy; of U-Net each pixel has a class, of MobileNetV2 only the last layer learns. `rounds` at the most;
 * `web` names the libraries of JavaScript that finish within a minute.
 */
export const TRAINED = {
  'lenet5-64': { net: 'lenet5', input: [64, 1, 28, 28], rounds: 300, target: { relaxed: 1.3, simd: 1.7 }, web: ['convnetjs', 'tfjs-cpu'], layers: true },
  'lenet5-1': { net: 'lenet5', input: [1, 1, 28, 28], rounds: 1000, target: { relaxed: 0.3, simd: 0.3 }, web: ['convnetjs'] },
  'resnet20-32': { net: 'resnet20', input: [32, 3, 32, 32], rounds: 30, target: { relaxed: 1.4, simd: 1.4 }, layers: true },
  'unet-4': { net: 'unet', input: [4, 3, 128, 128], rounds: 30, target: { relaxed: 1.2, simd: 1.2 } },
  'mobilenet_v2-head-32': { net: 'mobilenet_v2-head', input: [32, 3, 96, 96], rounds: 30, target: { relaxed: 1.5, simd: 1.5 } },
};

/** How many times the forward alone a step may take. */
export const FORWARDS = 3.2;
