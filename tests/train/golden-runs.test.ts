/** Three networks over ten updates, against PyTorch in float64: gradients, losses, parameters and statistics at the end. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TrainEngine } from '../../ts/train/engine.js';
import type { Graph } from '../../ts/graph/graph.js';
import {
  add, avgPool2d, batchNorm2d, cat, conv2d, convTranspose2d, flatten, globalAvgPool2d, graph, input, linear, maxPool2d, relu, sequential, tanh,
} from '../../ts/ops/layers.js';
import { crossEntropy } from '../../ts/train/losses.js';
import { adam, adamw, sgd } from '../../ts/train/optimizers.js';
import type { Optimizer } from '../../ts/train/optimizers.js';
import { rateAt } from '../../ts/train/schedules.js';
import { learns, TrainSession } from '../../ts/train/session.js';
import type { Numbers } from '../../ts/train/session.js';
import { expectClose, made, target } from '../support/golden-values.js';
import type { ExpectedRecord, FormulaRecord } from '../support/golden-values.js';
import { TRAIN_ENGINES } from '../support/train.js';
import cases from './golden/runs.json';

interface Case {
  readonly name: string;
  readonly steps: number;
  readonly params: readonly FormulaRecord[];
  readonly input: { readonly shape: readonly number[] };
  readonly target: { readonly kind: string; readonly shape: readonly number[]; readonly classes: number };
  readonly expected: readonly ExpectedRecord[];
}

function lenet(): Graph {
  const net = sequential([
    conv2d(1, 6, 5, { padding: 2 }), tanh(), avgPool2d(2), conv2d(6, 16, 5), tanh(), avgPool2d(2), flatten(), linear(400, 120), tanh(), linear(120, 84), tanh(),
    linear(84, 10),
  ]);
  const x = input([null, 1, 28, 28]);
  return graph({ x }, { y: net(x) });
}

function residual(): Graph {
  const c = (inChannels: number, outChannels: number, stride: number, name?: string) => conv2d(inChannels, outChannels, 3, { stride, padding: 1, bias: false, name });
  const x = input([null, 3, 16, 16]);
  const stem = relu()(batchNorm2d(8, { name: 'bn1' })(c(3, 8, 1, 'conv1')(x)));
  const block1 = sequential([c(8, 8, 1), batchNorm2d(8), relu(), c(8, 8, 1), batchNorm2d(8)], { name: 'block1' });
  const a = relu()(add(block1(stem), stem));
  const block2 = sequential([c(8, 16, 2), batchNorm2d(16), relu(), c(16, 16, 1), batchNorm2d(16)], { name: 'block2' });
  const down = sequential([conv2d(8, 16, 1, { stride: 2, bias: false }), batchNorm2d(16)], { name: 'down' });
  const b = relu()(add(block2(a), down(a)));
  return graph({ x }, { y: linear(16, 10, { name: 'fc' })(flatten()(globalAvgPool2d()(b))) });
}

function unet(): Graph {
  const d = (name: string, inChannels: number, outChannels: number) =>
    sequential([conv2d(inChannels, outChannels, 3, { padding: 1 }), relu(), conv2d(outChannels, outChannels, 3, { padding: 1 }), relu()], { name });
  const x = input([null, 1, 16, 16]);
  const a = d('enc', 1, 8)(x);
  const b = convTranspose2d(16, 8, 2, { stride: 2, name: 'up' })(d('mid', 8, 16)(maxPool2d(2)(a)));
  return graph({ x }, { y: conv2d(8, 3, 1, { name: 'head' })(d('dec', 16, 8)(cat([a, b], 1))) });
}

const NETS: Readonly<Record<string, readonly [() => Graph, Optimizer]>> = {
  lenet5: [lenet, sgd({ lr: 0.05, momentum: 0.9 })],
  residual: [residual, adamw({ lr: 1e-3, weightDecay: 0.05 })],
  unet: [unet, adam({ lr: 1e-3 })],
};

describe.each(TRAIN_ENGINES)('%s', (_, open) => {
  let engine: TrainEngine;
  let close: () => Promise<void>;
  beforeAll(async () => void ({ engine, close } = await open()));
  afterAll(() => close());
  test.each(cases as readonly Case[])('$name', ({ name, steps, params, input: { shape }, target: wanted, expected }) => {
    const [make, optimizer] = NETS[name]!;
    const net = make();
    // In the order of their use, which is that of PyTorch's module; names differ where PyTorch's has numbers.
    const order = new Map(params.map((param) => [param.name, param]));
    const weights = new Map(net.params.map((param) => [param.name, made(order.get(param.name)!)]));
    const session = new TrainSession(engine, {
      graph: net, losses: [crossEntropy()], optimizer, clip: 0, seed: 0n, weights, trainable: new Set(net.params.map((param) => param.name).filter(learns)),
    });
    const batch = (step: number | string): Numbers[] => [made({ formula: `input:${name}.${step}`, shape })];
    const targets = (step: number): Numbers[] => [target({ ...wanted, formula: `target:${name}.${step}` })];
    const got = new Map<string, Numbers>();
    for (const [param, gradient] of session.gradients(batch(0), targets(0)).gradients) got.set(`d0.${param}`, gradient);
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) losses.push(session.step(batch(step), targets(step), rateAt(optimizer.lr, step)).loss);
    got.set('losses', { shape: [steps], data: Float32Array.from(losses) });
    for (const param of net.params) got.set(`end.${param.name}`, { shape: param.shape, data: session.value(param.name) });
    const zeros = { shape: wanted.shape, data: new Float32Array(targets(0)[0]!.data.length) };
    got.set('eval', session.evaluate(batch('eval'), [zeros]).output);
    expectClose((of) => got.get(of), expected);
    session.release();
  });
});

test('every case of the goldens is run', () => {
  expect((cases as readonly Case[]).map(({ name }) => name).sort()).toEqual(Object.keys(NETS).sort());
});
