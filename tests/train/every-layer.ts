/** A network that holds every kind of layer, of a size whose work is shared out to threads, and batches for it. */
import type { Graph } from '../../ts/graph/graph.js';
import {
  adaptiveAvgPool2d, add, avgPool2d, batchNorm2d, cat, conv2d, convTranspose2d, dropout, flatten, gelu, globalAvgPool2d, globalMaxPool2d, graph, groupNorm, hardsigmoid,
  hardswish, input, leakyRelu, linear, localResponseNorm, logSoftmax, maxPool2d, mul, pad, prelu, relu, relu6, sequential, sigmoid, silu, softmax, tanh, upsample,
} from '../../ts/ops/layers.js';
import { tensor } from '../../ts/tensor/tensor.js';
import type { Batch } from '../../ts/train/batch.js';
import { bceWithLogits, crossEntropy, dice, focal, huber, l1, mse, smoothL1, softCrossEntropy } from '../../ts/train/losses.js';
import type { Loss } from '../../ts/train/loss.js';
import { numbers } from '../browsers/numbers.mjs';

/** `classes` [N, 5], and the logits of a mask, `mask` [N, 2, 16, 16]. */
export function everyLayer(): Graph {
  const x = input([null, 3, 16, 16]);
  const stem = sequential([conv2d(3, 16, 3, { padding: 1, bias: false }), batchNorm2d(16), relu(), conv2d(16, 16, 3, { padding: 1, groups: 16 }), groupNorm(4, 16), silu()], { name: 'stem' })(x);
  const gate = sequential([globalAvgPool2d(), conv2d(16, 16, 1), hardsigmoid()], { name: 'gate' })(stem);
  const block = sequential([conv2d(16, 16, 3, { padding: 2, dilation: 2, groups: 2 }), localResponseNorm(5, { alpha: 0.1 }), leakyRelu(0.1), dropout(0.2)], { name: 'block' });
  const wide = add(mul(block(stem), gate), stem);
  const down = sequential([pad([1, 0, 0, 1]), maxPool2d(3, { stride: 2, padding: 1, ceilMode: true }), conv2d(16, 24, [3, 5], { stride: [2, 1], padding: [1, 2, 0, 2] }), prelu(24), gelu()], { name: 'down' })(wide);
  const up = sequential([convTranspose2d(24, 16, 4, { stride: 2, padding: 1 }), hardswish(), upsample({ size: [16, 16], mode: 'bilinear' }), relu6()], { name: 'up' })(down);
  const near = sequential([avgPool2d(2, { countIncludePad: false }), upsample({ scaleFactor: 2 }), tanh()], { name: 'near' })(wide);
  const mask = conv2d(32, 2, 1, { name: 'mask' })(cat([up, near], 1));
  const pooled = cat([adaptiveAvgPool2d(2)(down), upsample({ scaleFactor: 2 })(globalMaxPool2d()(down))], 1);
  const features = sequential([flatten(), linear(192, 256), sigmoid(), dropout(0.5), linear(256, 5)], { name: 'head' })(pooled);
  const attention = sequential([softmax(3), logSoftmax(1)], { name: 'attention' })(mask);
  return graph({ x }, { classes: features, mask, attention });
}

/** One for each output, and others that judge the same. */
export const LOSSES: readonly Loss[] = [
  crossEntropy({ output: 'classes', labelSmoothing: 0.1, classWeights: [1, 2, 1, 0.5, 1] }), bceWithLogits({ output: 'mask', weight: 0.5, posWeight: 2 }), dice({ output: 'mask' }),
  focal({ output: 'mask' }), crossEntropy({ output: 'mask', weight: 0.3 }), mse({ output: 'attention', weight: 0.1 }), l1({ output: 'attention', weight: 0.1 }), huber({ output: 'mask' }),
  smoothL1({ output: 'classes' }), softCrossEntropy({ output: 'classes' }),
];

/** The same for the same number. `count` examples. */
export function batchFor(at: number, count = 16): Batch {
  const x = numbers((at + 1) * count * 768).slice(-count * 768);
  const whole = (length: number, classes: number): number[] => Array.from({ length }, (_, i) => (i * 7 + at) % classes);
  const bits = tensor(Float32Array.from(whole(count * 512, 5), (value) => Number(value > 2)), [count, 2, 16, 16]);
  const spread = tensor(new Float32Array(count * 5).fill(0.2), [count, 5]);
  return { x: tensor(x, [count, 3, 16, 16]), y: [whole(count, 5), bits, bits, bits, whole(count * 256, 2), bits, bits, bits, spread, spread] };
}
