/** Two networks that learn, in any engine of JavaScript: what is left at the end is told as a digest. */
import { numbers } from './numbers.mjs';

const hex = async (/** @type {ArrayBuffer} */ bytes) =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** LeNet-5 (LeCun et al. 1998). */
function lenet({ avgPool2d, conv2d, flatten, linear, sequential, tanh, toGraph }) {
  return toGraph(sequential([
    conv2d(1, 6, 5, { padding: 2 }), tanh(), avgPool2d(2), conv2d(6, 16, 5), tanh(), avgPool2d(2), flatten(), linear(400, 120), tanh(), linear(120, 84), tanh(), linear(84, 10),
  ], { input: [null, 1, 28, 28] }));
}

/** Two residual blocks with BatchNorm, and dropout before the classifier. */
function residual({ add, batchNorm2d, conv2d, dropout, flatten, globalAvgPool2d, graph, input, linear, relu, sequential }) {
  const block = (inChannels, outChannels, stride, name) => sequential([
    conv2d(inChannels, outChannels, 3, { stride, padding: 1, bias: false }), batchNorm2d(outChannels), relu(), conv2d(outChannels, outChannels, 3, { padding: 1, bias: false }), batchNorm2d(outChannels),
  ], { name });
  const x = input([null, 3, 16, 16]);
  const stem = relu()(sequential([conv2d(3, 8, 3, { padding: 1, bias: false }), batchNorm2d(8)], { name: 'stem' })(x));
  const first = relu()(add(block(8, 8, 1, 'block1')(stem), stem));
  const second = relu()(add(block(8, 16, 2, 'block2')(first), conv2d(8, 16, 1, { stride: 2, name: 'short' })(first)));
  return graph({ x }, { y: sequential([globalAvgPool2d(), flatten(), dropout(0.3), linear(16, 10)], { name: 'head' })(second) });
}

const STEPS = 8;
const BATCH = 16;

/** Learns for some steps, from augmented batches; answers a digest of the checkpoint, losses and norms. */
async function learned(train, trainer, [channels, size], changes, classes) {
  const random = train.seededRandom(7);
  const spec = train.augment(changes);
  const all = numbers(STEPS * BATCH * channels * size * size);
  const reports = [];
  for (let step = 0; step < STEPS; step++) {
    const x = { dtype: 'float32', shape: [BATCH, channels, size, size], data: all.slice((step * all.length) / STEPS, ((step + 1) * all.length) / STEPS) };
    const y = { dtype: 'int32', shape: [BATCH], data: Int32Array.from({ length: BATCH }, (_, i) => (i * 7 + step) % classes) };
    reports.push(trainer.step(train.applyAugmentation(spec, { x, y }, random, step, { classes })));
  }
  const told = new TextEncoder().encode(JSON.stringify(reports.map(({ loss, gradNorm, accuracy }) => [loss, gradNorm, accuracy])));
  const bytes = trainer.save();
  const both = new Uint8Array(bytes.length + told.length);
  both.set(bytes);
  both.set(told, bytes.length);
  return hex(both.buffer);
}

/**
 * @param train what `receptive/train/inline` exports
 * @param layers what `receptive/layers` exports
 * @returns {Promise<{ variant: string, lenet: string, residual: string }>} how the engine was compiled, and the digests
 */
export async function trained(train, layers, variant) {
  const { adamw, cosine, createTrainer, crossEntropy, oneCycle, sgd, softCrossEntropy } = train;
  const first = await createTrainer(lenet(layers), { variant, seed: 5, loss: crossEntropy(), optimizer: sgd({ lr: oneCycle(0.05, { steps: STEPS }), momentum: 0.9 }) });
  const second = await createTrainer(residual(layers), {
    variant, seed: 6, clip: 1, loss: softCrossEntropy(), optimizer: adamw({ lr: cosine(0.003, { steps: STEPS, warmup: 2 }), weightDecay: 0.05 }),
  });
  const moved = { shift: 2, rotate: 10, scale: [0.9, 1.1], shear: 5, brightness: 0.2, contrast: 0.2 };
  return {
    variant: first.variant,
    lenet: await learned(train, first, [1, 28], moved, 10),
    residual: await learned(train, second, [3, 16], { ...moved, flip: 'horizontal', crop: { size: 16, padding: 2 }, erase: 0.3, mixup: 0.2 }, 10),
  };
}
