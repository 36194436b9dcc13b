/** How parameters begin by the option `init`: spreads and bounds by the formulas of the papers, which PyTorch has as well. */
import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../ts/base/errors.js';
import { batchNorm2d, conv2d, flatten, linear } from '../../ts/ops/layers.js';
import { sequential as stack, toGraph } from '../../ts/layers/index.js';
import { kaimingNormal, kaimingUniform, normal, orthogonal, uniform, xavierNormal, xavierUniform } from '../../ts/train/inits.js';
import type { InitOption } from '../../ts/train/inits.js';
import { crossEntropy } from '../../ts/train/losses.js';
import { sgd } from '../../ts/train/optimizers.js';
import { Trainer } from '../../ts/train/trainer.js';
import { openTrain } from '../support/train.js';

const CONV = { outs: 32, ins: 16, area: 9 };
const net = () => toGraph(stack([conv2d(CONV.ins, CONV.outs, 3), batchNorm2d(CONV.outs), flatten(), linear(32 * 4, 48)], { input: [null, CONV.ins, 4, 4] }));

function begun(init?: InitOption, seed = 3): Map<string, Float32Array> {
  const of = new Trainer(openTrain('simd'), net(), { loss: crossEntropy(), optimizer: sgd({ lr: 0.1 }), seed, init });
  return new Map(of.weights().map(({ name, bytes }) => [name, new Float32Array(bytes.slice().buffer)]));
}

const deviation = (data: Float32Array): number => Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
const largest = (data: Float32Array): number => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const [FAN_IN, FAN_OUT] = [CONV.ins * CONV.area, CONV.outs * CONV.area];

describe('a rule for all weights', () => {
  it.each([
    ['kaimingUniform', kaimingUniform(), Math.sqrt(6 / FAN_IN)],
    ['kaimingUniform, fan out', kaimingUniform({ mode: 'fanOut', gain: 1 }), Math.sqrt(3 / FAN_OUT)],
    ['xavierUniform', xavierUniform({ gain: 2 }), 2 * Math.sqrt(6 / (FAN_IN + FAN_OUT))],
    ['uniform', uniform({ bound: 0.25 }), 0.25],
  ] as const)('%s fills its interval evenly', (_, init, bound) => {
    const data = begun(init).get('0.weight')!;
    expect(largest(data)).toBeLessThanOrEqual(bound * (1 + 1e-6));
    expect(largest(data)).toBeGreaterThan(0.99 * bound);
    // 4,608 numbers: three times the spread of their deviation is 3 %.
    expect(Math.abs(deviation(data) / (bound / Math.sqrt(3)) - 1)).toBeLessThan(0.03);
  });

  it.each([
    ['kaimingNormal', kaimingNormal(), Math.sqrt(2 / FAN_IN)],
    ['kaimingNormal, fan out', kaimingNormal({ mode: 'fanOut' }), Math.sqrt(2 / FAN_OUT)],
    ['xavierNormal', xavierNormal(), Math.sqrt(2 / (FAN_IN + FAN_OUT))],
    ['normal', normal({ std: 0.5 }), 0.5],
  ] as const)('%s has its deviation', (_, init, std) => {
    const data = begun(init).get('0.weight')!;
    expect(Math.abs(deviation(data) / std - 1)).toBeLessThan(0.04);
    expect(largest(data)).toBeGreaterThan(2.5 * std);
  });

  it('orthogonal has orthogonal rows', () => {
    const [data, columns] = [begun(orthogonal({ gain: 3 })).get('3.weight')!, 128];
    for (const [a, b] of [[0, 0], [47, 47], [0, 1], [13, 30]] as const) {
      let dot = 0;
      for (let i = 0; i < columns; i++) dot += data[a * columns + i]! * data[b * columns + i]!;
      expect(dot).toBeCloseTo(a === b ? 9 : 0, 4);
    }
  });

  it('leaves biases and norms as their layers begin', () => {
    const [plain, found] = [begun(), begun(kaimingNormal())];
    for (const name of ['0.bias', '1.weight', '1.bias', '1.running_mean', '1.running_var', '3.bias']) expect(found.get(name)).toEqual(plain.get(name));
    expect(found.get('0.weight')).not.toEqual(plain.get('0.weight'));
  });

  it('gives the same of the same seed', () => {
    expect(begun(kaimingNormal(), 1)).toEqual(begun(kaimingNormal(), 1));
    expect(begun(kaimingNormal(), 1)).not.toEqual(begun(kaimingNormal(), 2));
  });
});

describe('a rule by name', () => {
  it('is given name and shape, and may leave it to the layer', () => {
    const seen: string[] = [];
    const found = begun((name, shape) => {
      seen.push(`${name} ${shape.join('x')}`);
      return name === '0.bias' ? uniform({ bound: 0 }) : undefined;
    });
    expect(seen).toEqual(['0.weight 32x16x3x3', '0.bias 32', '1.weight 32', '1.bias 32', '3.weight 48x128', '3.bias 48']);
    expect(largest(found.get('0.bias')!)).toBe(0);
    expect(found.get('3.weight')).toEqual(begun().get('3.weight'));
  });
});

describe('what is no rule', () => {
  it.each([
    ['a name', () => begun('kaimingNormal' as never), /createTrainer: init: expected a rule such as kaimingNormal\(\), or a function/],
    ['what a function gives', () => begun(() => 5 as never), /^init: 0.weight: expected a rule .* got number$/],
    ['a fan of one dimension', () => begun(() => xavierNormal()), /^init: 0.bias: expected two or more dimensions for xavierNormal, got \[32\]/],
    ['a mode', () => kaimingNormal({ mode: 'in' as never }), /^kaimingNormal: mode: expected fanIn or fanOut/],
    ['a gain', () => orthogonal({ gain: Number.NaN }), /^orthogonal: gain: expected a number from 0 on, got NaN$/],
    ['a deviation', () => normal({} as never), /^normal: std: expected a number from 0 on, got undefined$/],
    ['an option', () => uniform({ bound: 1, low: 2 } as never), /^uniform: expected an option it has, got low/],
  ] as const)('%s is refused', (_, call, message) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(message);
  });
});
