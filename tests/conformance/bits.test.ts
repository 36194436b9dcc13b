/**
 * The bits of an answer do not depend on the threads that compute it, nor on what else is in the batch. Every network by
 * every algorithm takes minutes, which are spent with the goldens; of those left out here, smaller ones have all layers.
 */
import { describe, expect, test } from 'vitest';
import type { Algorithm } from '../../ts/session/algorithm.js';
import { threadedOf } from '../../ts/wasm/variant.js';
import { RUNNABLE } from '../golden/engine.js';
import { BUILDERS } from '../models/builders.js';
import { expectSameBits, NET_NAMES } from './bits-nets.js';
import type { NetName } from './bits-nets.js';

const ALGORITHMS: readonly Algorithm[] = ['winograd', 'packed', 'auto'];
const SMALL: readonly NetName[] = ['lenet5', 'mobilenet_v2', 'resnet18', 'squeezenet1_1', 'unet'];
const LARGE: readonly NetName[] = ['resnet101', 'resnet152', 'fcn_resnet50', 'densenet121', 'googlenet', 'efficientnet_b0', 'mobilenet_v3_large', 'mnasnet1_0'];

test('all networks that have goldens are here', () => {
  // SSDlite's input has no open size, hence no batch of five; its layers are those of MobileNetV3.
  expect([...NET_NAMES, 'ssdlite320_mobilenet_v3_large', 'retinanet_resnet50_fpn'].sort()).toEqual(Object.keys(BUILDERS).sort());
});

describe.each(RUNNABLE.filter((variant) => threadedOf(variant)))('%s: same bits on 1, 2 and 3 threads, alone and in a batch', (variant) => {
  test.each(NET_NAMES.filter((name) => !LARGE.includes(name)))('%s', async (name) => {
    await expectSameBits(name, variant, SMALL.includes(name) ? ALGORITHMS : ['auto']);
  });
});
