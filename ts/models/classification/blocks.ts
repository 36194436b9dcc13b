import { adaptiveAvgPool2d, batchNorm2d, conv2d, mul, named, relu, sequential, sigmoid } from '../../ops/layers.js';
import type { Layer } from '../../ops/layers.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';

/** Constants of the BatchNorms of a network. */
export interface Norm {
  readonly eps?: number;
  readonly momentum?: number;
}

/** What `convNorm` takes besides channels and kernel. */
export interface ConvNormOptions {
  readonly stride?: number;
  readonly dilation?: number;
  readonly groups?: number;
  readonly norm?: Norm;
  /** Makes the activation; none for a linear layer. */
  readonly activation?: (() => Layer) | undefined;
}

/** Convolution, BatchNorm and an activation, named `0`, `1` and `2`; an odd kernel keeps the size of the map but for its stride. */
export function convNorm(from: number, to: number, kernel: number, options: ConvNormOptions = {}): Layer {
  const { stride = 1, dilation = 1, groups = 1, norm = {}, activation } = options;
  const padding = ((kernel - 1) / 2) * dilation;
  const conv = conv2d(from, to, kernel, { stride, padding, dilation, groups, bias: false });
  return sequential([conv, batchNorm2d(to, norm), ...(activation ? [activation()] : [])]);
}

/** Layers one after the other, named by index whatever their own names are. */
export function indexed(layers: readonly Layer[]): Layer {
  return sequential(byIndex(layers));
}

/** Layers by their indices. */
export function byIndex(layers: readonly Layer[]): Record<string, Layer> {
  return Object.fromEntries(layers.map((layer, index) => [String(index), layer]));
}

/** The activations of a squeeze-and-excitation. */
export interface Excitation {
  readonly activation?: () => Layer;
  readonly gate?: () => Layer;
}

/**
 * Squeeze-and-excitation: each channel times a number from 0 to 1 that follows from the means of all channels (Hu et al. 2017, arXiv
 * 1709.01507).
 */
export function squeezeExcitation(channels: number, squeezed: number, { activation = relu, gate = sigmoid }: Excitation = {}): Layer {
  const scale = sequential({
    avgpool: adaptiveAvgPool2d(1),
    fc1: conv2d(channels, squeezed, 1),
    activation: activation(),
    fc2: conv2d(squeezed, channels, 1),
    scale_activation: gate(),
  });
  return named('se', (x) => mul(x, scale(x)));
}

/** The multiple of 8 that is nearest to a number of channels, but not less than nine tenths of it. */
export function divisibleBy8(channels: number): number {
  const nearest = Math.max(8, Math.floor((channels + 4) / 8) * 8);
  return nearest < 0.9 * channels ? nearest + 8 : nearest;
}

/**
 * A factor of a builder, as of widths.
 * @throws ArgumentError for what is no positive number
 */
export function positive(what: string, option: string, value: number): number {
  if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value;
  return wrong(`${what}: ${option}`, 'a positive number', showValue(value));
}

/**
 * A probability of a builder, as of dropout.
 * @throws ArgumentError for what is no number from 0 to 1
 */
export function probability(what: string, option: string, value: number): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value;
  return wrong(`${what}: ${option}`, 'a number from 0 to 1', showValue(value));
}
