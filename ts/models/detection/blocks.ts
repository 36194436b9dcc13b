import { add, batchNorm2d, conv2d, relu, sequential } from '../../ops/layers.js';
import type { Layer } from '../../ops/layers.js';

/** Convolution, BatchNorm, ReLU. */
export function block(from: number, to: number, kernel: 1 | 3, stride = 1): Layer {
  return sequential({ conv: conv2d(from, to, kernel, { stride, padding: (kernel - 1) / 2, bias: false }), bn: batchNorm2d(to), activation: relu() });
}

/** A 3x3 block whose input is added to what it gives. */
export function residual(channels: number): Layer {
  const body = block(channels, channels, 3);
  return (x) => add(x, body(x));
}
