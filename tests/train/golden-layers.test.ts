/** Each layer forward and back, against PyTorch in float64. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TrainEngine } from '../../ts/train/engine.js';
import type { Graph } from '../../ts/graph/graph.js';
import {
  adaptiveAvgPool2d, add, avgPool2d, batchNorm2d, cat, conv2d, convTranspose2d, flatten, gelu, globalMaxPool2d, graph, groupNorm, hardsigmoid,
  hardswish, input, leakyRelu, linear, localResponseNorm, logSoftmax, maxPool2d, mul, pad, prelu, relu, relu6, sequential, sigmoid, silu, softmax, tanh,
  upsample,
} from '../../ts/ops/layers.js';
import type { Value } from '../../ts/ops/layers.js';
import { vjpOf } from '../../ts/train/vjp.js';
import type { Numbers } from '../../ts/train/session.js';
import { expectClose, made } from '../support/golden-values.js';
import type { ExpectedRecord, FormulaRecord } from '../support/golden-values.js';
import { TRAIN_ENGINES } from '../support/train.js';
import cases from './golden/layers.json';

interface Case {
  readonly name: string;
  readonly train: boolean;
  readonly inputs: readonly FormulaRecord[];
  readonly params: readonly FormulaRecord[];
  readonly upstream: FormulaRecord;
  readonly expected: readonly ExpectedRecord[];
}

/** x times a power of two. */
const times = (x: Value, factor: number): Value => Array.from({ length: Math.log2(factor) }).reduce<Value>((sum) => add(sum, sum), x);

/** What each case's layer is called here. */
const LAYERS: Readonly<Record<string, (...inputs: Value[]) => Value>> = {
  conv_k3p1: conv2d(6, 10, 3, { padding: 1 }),
  conv_k3s2: conv2d(6, 10, 3, { stride: 2, padding: 1 }),
  conv_k1: conv2d(6, 10, 1, { bias: false }),
  conv_k1s2: conv2d(6, 10, 1, { stride: 2 }),
  conv_k5: conv2d(1, 6, 5, { padding: 2 }),
  conv_k7s2: conv2d(3, 8, 7, { stride: 2, padding: 3 }),
  conv_k3x5_s2x1: conv2d(6, 4, [3, 5], { stride: [2, 1], padding: [0, 2] }),
  conv_dilated: conv2d(6, 10, 3, { padding: 2, dilation: 2 }),
  conv_groups: conv2d(6, 12, 3, { padding: 1, groups: 3 }),
  conv_depthwise: conv2d(6, 6, 3, { padding: 1, groups: 6 }),
  conv_depthwise_s2: conv2d(6, 6, 5, { stride: 2, padding: 2, groups: 6 }),
  conv_wide: conv2d(32, 48, 3, { padding: 1 }),
  convT_k2s2: convTranspose2d(6, 4, 2, { stride: 2 }),
  convT_k3s2op: convTranspose2d(6, 4, 3, { stride: 2, padding: 1, outputPadding: 1 }),
  convT_groups: convTranspose2d(6, 6, 4, { stride: 2, padding: 1, groups: 2 }),
  linear: linear(33, 17),
  linear_nobias: linear(400, 120, { bias: false }),
  maxpool_k2: maxPool2d(2),
  maxpool_k3s2p1: maxPool2d(3, { stride: 2, padding: 1 }),
  maxpool_ceil: maxPool2d(3, { stride: 2, ceilMode: true }),
  maxpool_ties: maxPool2d(3, { stride: 1, padding: 1 }),
  avgpool_k2: avgPool2d(2),
  avgpool_pad: avgPool2d(3, { stride: 2, padding: 1 }),
  avgpool_nopad: avgPool2d(3, { stride: 1, padding: 1, countIncludePad: false }),
  adaptive_1: adaptiveAvgPool2d(1),
  adaptive_3x4: adaptiveAvgPool2d([3, 4]),
  global_max: globalMaxPool2d(),
  batchnorm_train: batchNorm2d(6),
  batchnorm_train_momentum: batchNorm2d(6, { eps: 1e-3, momentum: 0.3 }),
  batchnorm_eval: batchNorm2d(6),
  groupnorm: groupNorm(3, 6),
  lrn: localResponseNorm(5),
  relu: relu(),
  relu_ties: relu(),
  relu6: (x) => relu6()(times(x!, 8)),
  leaky: leakyRelu(0.1),
  prelu: prelu(6),
  sigmoid: sigmoid(),
  tanh: tanh(),
  silu: silu(),
  gelu: gelu(),
  hardswish: (x) => hardswish()(times(x!, 4)),
  hardsigmoid: (x) => hardsigmoid()(times(x!, 4)),
  softmax: softmax(1),
  log_softmax_maps: logSoftmax(1),
  add: (a, b) => add(a!, b!),
  add_broadcast: (a, b) => add(a!, b!),
  mul: (a, b) => mul(a!, b!),
  mul_gate: (a, b) => mul(a!, b!),
  cat: (a, b) => cat([a!, b!], 1),
  pad: pad([1, 2, 0, 3]),
  upsample_nearest: upsample({ scaleFactor: 2 }),
  upsample_bilinear: upsample({ scaleFactor: 2, mode: 'bilinear' }),
  upsample_bilinear_corners: upsample({ size: [13, 20], mode: 'bilinear', alignCorners: true }),
  flatten_linear: sequential([flatten(), linear(594, 7)]),
  twice_used: (() => {
    const f = sequential([conv2d(6, 6, 3, { padding: 1, bias: false })], { name: 'f' });
    return (x: Value) => relu()(add(f(x), x));
  })(),
};

function graphOf({ name, inputs }: Case): Graph {
  const values = inputs.map(({ shape }) => input(shape));
  const ports = Object.fromEntries(values.map((value, i) => [`input${i}`, value]));
  return graph(ports, { y: LAYERS[name]!(...values) });
}

describe.each(TRAIN_ENGINES)('%s', (_, open) => {
  let engine: TrainEngine;
  let close: () => Promise<void>;
  beforeAll(async () => void ({ engine, close } = await open()));
  afterAll(() => close());
  test.each(cases as readonly Case[])('$name', (item) => {
    const net = graphOf(item);
    // Parameters keep their order, whatever they are called.
    expect(net.params.length).toBe(item.params.length);
    const names = new Map(net.params.map(({ name }, i) => [item.params[i]!.name, name]));
    const weights = new Map<string, Numbers>(net.params.map(({ name }, i) => [name, made(item.params[i]!)]));
    const inputs = new Map(item.inputs.map((record, i) => [`input${i}`, made(record)]));
    const { outputs, gradients, state } = vjpOf(engine, net, { weights, inputs, upstream: new Map([['y', made(item.upstream)]]), training: item.train });
    const got = (name: string): Numbers | undefined => {
      if (name === 'y') return outputs.get('y');
      if (!name.startsWith('d.')) return state.get(names.get(name) ?? name);
      const of = name.slice(2);
      return gradients.get(names.get(of) ?? of);
    };
    expectClose(got, item.expected);
  });
});

test('every case of the goldens is run', () => {
  expect((cases as readonly Case[]).map(({ name }) => name).sort()).toEqual(Object.keys(LAYERS).sort());
  expect(cases.length).toBe(56);
});
