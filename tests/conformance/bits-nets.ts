/** The networks whose bits are compared, and what is compared of one. */
import { expect } from 'vitest';
import type { Algorithm } from '../../ts/session/algorithm.js';
import type { Variant } from '../../ts/wasm/variant.js';
import type { Graph } from '../../ts/graph/graph.js';
import * as models from '../../ts/models/index.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { readGolden } from '../golden/check.js';
import { formula } from '../golden/formula.js';
import { bitsOf, upTo, weightsInMemory } from './bits.js';
import type { Net } from './bits.js';

/**
 * Networks and the shape of one image: small, but layers of all have enough work to share. What follows the convolutions of a
 * VGG is AlexNet's classifier, only larger; it is left out here.
 */
const NETS = {
  alexnet: [models.alexnet(), [3, 64, 64]],
  convnext_tiny: [models.convnext_tiny(), [3, 64, 64]],
  deeplabv3_mobilenet_v3_large: [models.deeplabv3_mobilenet_v3_large({ auxLoss: true }), [3, 48, 48]],
  densenet121: [models.densenet121(), [3, 64, 64]],
  efficientnet_b0: [models.efficientnet_b0(), [3, 64, 64]],
  fcn_resnet50: [models.fcn_resnet50({ auxLoss: true }), [3, 48, 48]],
  googlenet: [models.googlenet({ auxLogits: true }), [3, 64, 64]],
  lenet5: [models.lenet5(), [1, 28, 28]],
  lraspp_mobilenet_v3_large: [models.lraspp_mobilenet_v3_large(), [3, 64, 64]],
  mnasnet1_0: [models.mnasnet1_0(), [3, 64, 64]],
  mobilenet_v2: [models.mobilenet_v2(), [3, 64, 64]],
  mobilenet_v3_large: [models.mobilenet_v3_large(), [3, 64, 64]],
  mobilenet_v3_small: [models.mobilenet_v3_small(), [3, 160, 160]],
  regnet_y_400mf: [models.regnet_y_400mf(), [3, 64, 64]],
  resnet18: [models.resnet18(), [3, 64, 64]],
  resnet34: [models.resnet34(), [3, 48, 48]],
  resnet50: [models.resnet50(), [3, 48, 48]],
  resnet101: [models.resnet101(), [3, 32, 32]],
  resnet152: [models.resnet152(), [3, 32, 32]],
  shufflenet_v2_x1_0: [models.shufflenet_v2_x1_0(), [3, 96, 96]],
  squeezenet1_1: [models.squeezenet1_1(), [3, 64, 64]],
  unet: [models.unet(), [3, 48, 48]],
  vgg11: [upTo(models.vgg11(), 'features'), [3, 32, 32]],
  vgg16: [upTo(models.vgg16(), 'features'), [3, 32, 32]],
  vgg16_bn: [upTo(models.vgg16_bn(), 'features'), [3, 32, 32]],
  vgg19: [upTo(models.vgg19(), 'features'), [3, 48, 48]],
  yolov3_tiny: [models.yolov3_tiny(), [3, 64, 64]],
} as const satisfies Readonly<Record<string, readonly [graph: Graph, image: readonly number[]]>>;

export type NetName = keyof typeof NETS;
export const NET_NAMES = Object.keys(NETS) as readonly NetName[];

/** No layer of these has work for two threads. */
const TOO_SMALL: readonly NetName[] = ['lenet5'];
/** The others are there to compare with, and leave most of their work on one thread. */
export const SHARING: readonly Algorithm[] = ['auto', 'winograd', 'packed'];
const IMAGES = [0, 1, 2, 3, 4];

function prepare(name: NetName): Net {
  const [graph, image] = NETS[name];
  const shape = [IMAGES.length, ...image];
  const batch = tensor(formula('images', shape.reduce((a, b) => a * b, 1), 0, 1), shape);
  return { graph, batch, weights: weightsInMemory(readGolden(name).params, graph) };
}

/** Fails unless the wide modules give the bits of the relaxed ones for each image, on 1, 2 and 3 threads. */
export async function expectWideBits(name: NetName, algorithms: readonly Algorithm[]): Promise<void> {
  const net = prepare(name);
  const images = [0, 1];
  const { alone } = await bitsOf(net, { variant: 'relaxed', algorithms, threads: 1, images });
  for (const threads of [1, 2, 3]) {
    const wide = await bitsOf(net, { variant: 'wide', algorithms, threads, images });
    expect(wide.alone, `threads: ${threads}`).toEqual(alone);
  }
}

/** Fails unless 1, 2 and 3 threads give the same bits for each image, alone and in a batch of five. */
export async function expectSameBits(name: NetName, variant: Variant, algorithms: readonly Algorithm[]): Promise<void> {
  const net = prepare(name);
  const expected = await bitsOf(net, { variant, algorithms, threads: 1, images: IMAGES });
  expect([...expected.alone.keys()]).toEqual(algorithms);
  for (const [algorithm, bits] of expected.alone) {
    expect(new Set(bits).size, `${algorithm}: different images have different answers`).toBe(IMAGES.length);
  }
  expect(expected.together, 'in a batch').toEqual(expected.alone);
  const second = new Map([...expected.alone].map(([algorithm, bits]) => [algorithm, [bits[1]]]));
  for (const threads of [2, 3]) {
    const { alone, together, shares } = await bitsOf(net, { variant, algorithms, threads, images: [1] });
    expect(alone, `threads: ${threads}`).toEqual(second);
    expect(together, `in a batch, threads: ${threads}`).toEqual(expected.alone);
    if (algorithms.every((algorithm) => SHARING.includes(algorithm))) {
      expect(shares, `threads: ${threads}, the work is shared out`).toBe(!TOO_SMALL.includes(name));
    }
  }
}
