/** Wide tiles compute each element as the others do: the same bits, whether the engine pairs their vectors or, as here, does not. */
import { describe, expect, test } from 'vitest';
import { filterSpec } from '../../ts/contract/steps.js';
import type { Algorithm } from '../../ts/session/algorithm.js';
import { Session } from '../../ts/session/session.js';
import { avgPool2d, conv2d, convTranspose2d, linear, maxPool2d, sequential, toGraph } from '../../ts/ops/layers.js';
import type { Conv2dOptions } from '../../ts/ops/conv2d/layer.js';
import type { Layer } from '../../ts/ops/layers.js';
import type { Pair } from '../../ts/ops/window-options.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { expectWideBits } from '../conformance/bits-nets.js';
import type { NetName } from '../conformance/bits-nets.js';
import { openVariant } from '../golden/engine.js';
import type { Compiled } from '../golden/engine.js';
import { formula, formulaSource } from '../golden/formula.js';

const ALGORITHMS: readonly Algorithm[] = ['auto', 'winograd', 'packed'];
const NETS: readonly NetName[] = ['lenet5', 'alexnet', 'mobilenet_v2', 'resnet18', 'squeezenet1_1', 'unet', 'convnext_tiny', 'shufflenet_v2_x1_0', 'yolov3_tiny', 'regnet_y_400mf'];

describe('networks', () => {
  test.each(NETS)('%s', (name) => expectWideBits(name, name === 'convnext_tiny' ? ['auto'] : ALGORITHMS));
});

/** Around a panel of 16 channels and one of 8, and the vectors of both. */
const CHANNELS = [1, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 23, 24, 25, 31, 32, 33, 40];

function bits(compiled: Compiled, layer: Layer, shape: readonly number[], algorithm: Algorithm): Uint32Array {
  const net = toGraph(sequential([layer], { input: shape }));
  const session = new Session(openVariant(compiled), net, formulaSource(net.params.map(({ name, shape: dims }) => [name, dims, 0, 0.5] as const)), { algorithm });
  const data = formula('x', shape.reduce((a, b) => a * b, 1), 0, 1);
  const [output] = Object.values(session.run({ [net.inputs[0]?.name ?? '']: tensor(data, shape) }));
  const { data: made } = output as { data: Float32Array };
  const words = new Uint32Array(made.buffer, made.byteOffset, made.length).slice();
  session.dispose();
  return words;
}

function expectSame(layer: () => Layer, shape: readonly number[], algorithm: Algorithm = 'auto'): void {
  expect(bits('wide', layer(), shape, algorithm)).toEqual(bits('relaxed', layer(), shape, algorithm));
}

describe.each(CHANNELS)('%d channels', (channels) => {
  test.each<[string, Pair, Conv2dOptions]>([
    ['3x3', 3, { padding: 1 }],
    ['3x3, stride 2', 3, { stride: 2, padding: 1 }],
    ['5x5', 5, { padding: 2 }],
    ['1x1', 1, {}],
    ['dilated', 3, { dilation: 2, padding: 1 }],
    ['1x7', [1, 7], { padding: [0, 3] }],
  ])('convolution, %s', (_, kernel, options) => {
    for (const algorithm of ALGORITHMS) {
      expectSame(() => conv2d(5, channels, kernel, options), [2, 5, 9, 11], algorithm);
      expectSame(() => conv2d(channels, 6, kernel, options), [1, channels, 9, 11], algorithm);
    }
  });

  test('groups and depthwise', () => {
    expectSame(() => conv2d(2 * channels, 2 * channels, 3, { padding: 1, groups: 2 }), [1, 2 * channels, 7, 7]);
    for (const stride of [1, 2]) expectSame(() => conv2d(channels, channels, 3, { padding: 1, stride, groups: channels }), [1, channels, 7, 9]);
  });

  test('transposed, fully connected, pooled', () => {
    expectSame(() => convTranspose2d(channels, 7, 2, { stride: 2 }), [1, channels, 5, 6]);
    expectSame(() => convTranspose2d(6, channels, 3, { stride: 2, padding: 1 }), [1, 6, 5, 6]);
    for (const rows of [1, 2, 5]) expectSame(() => linear(37, channels), [rows, 37]);
    expectSame(() => maxPool2d(3, { stride: 2 }), [1, channels, 9, 9]);
    expectSame(() => avgPool2d(2), [1, channels, 8, 8]);
  });
});

test.each<[string, readonly [number, number, number, number], number]>([
  ['the first fully connected layer of VGG-16', [4096, 25088, 1, 1], 4096 * 25088 * 4],
  ['a filter with a channel more than a panel', [17, 3, 1, 1], 32 * 3 * 4],
])('%s fits', (_, dims, bytes) => {
  const spec = filterSpec({ kind: 'linear', dims, groups: 1, stride: [1, 1], dilation: [1, 1], map: [0, 0], algorithm: 'auto' });
  expect(openVariant('wide').engine.packedBytes(Uint32Array.from(spec))).toBe(bytes);
});
