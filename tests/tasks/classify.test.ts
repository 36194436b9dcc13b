/** What classify takes and answers, on ONNX models of one layer: the means of the channels times a matrix. */
import { describe, expect, test } from 'vitest';
import { classify } from '../../ts/tasks/classify.js';
import type { ClassifyOptions } from '../../ts/tasks/classify.js';
import type { PhotoDefaults, PhotoModel } from '../../ts/tasks/look.js';
import type { Scores } from '../../ts/tasks/scores.js';
import { ArgumentError, EngineError, UnsupportedError } from '../../ts/base/errors.js';
import { OnnxRunnable } from '../../ts/onnx/run/model.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { openVariant } from '../golden/engine.js';
import { modelBytes } from '../onnx/build.js';
import type { NodeSpec } from '../onnx/build.js';

const RED = { data: Uint8Array.from({ length: 48 }, (_, i) => (i % 3 === 0 ? 255 : 0)), width: 4, height: 4, channels: 3 } as const;
const LOGITS = [-2, -1, 0, 1, 2];
const UINT8 = 2;

const node = (op: string, inputs: string, output: string, int: NodeSpec['int'] = {}, ints: NodeSpec['ints'] = {}): NodeSpec => ({ op, inputs: inputs.split(' '), outputs: [output], int, ints });

interface Net {
  readonly shape?: readonly (number | string)[];
  readonly type?: number;
  readonly logits?: readonly number[];
  readonly head?: readonly NodeSpec[];
  /** From `logits` to `y`. */
  readonly tail?: readonly NodeSpec[];
}

/** Of the first channel the logits; of the others 0. */
function open({ shape = ['n', 3, 4, 4], type = 1, logits = LOGITS, head = [node('Identity', 'x', 't')], tail = [node('Identity', 'logits', 'y')] }: Net): PhotoModel {
  const channels = shape.includes(3) ? 3 : 1;
  const w = Array.from({ length: channels * logits.length }, (_, i) => logits[i] ?? 0);
  const nodes = [...head, node('GlobalAveragePool', 't', 'm'), node('Flatten', 'm', 'f'), node('MatMul', 'f w', 'logits'), ...tail];
  const weights = { w: [[channels, logits.length], w], scale: [[], [1 / 255]], zero: [[], [0]], half: [[], [0.5]] } as const;
  const int64 = { column: [1, -1, 1, 1], flat: [-1] };
  const bytes = modelBytes({ inputs: { x: shape }, types: { x: type }, outputs: ['y'], nodes, weights, int64 }, 13);
  const instance = openVariant('simd');
  return { instance, session: new OnnxRunnable(instance, readOnnx(bytes, 'model'), {}) };
}

const answer = (net: Net, options: ClassifyOptions = {}, defaults: PhotoDefaults = {}) => classify({ ...open(net), ...defaults }, RED, { preprocess: 'unit', topK: 10, ...options });

async function expectAnswer(net: Net, expected: readonly number[], scores: Scores, options?: ClassifyOptions): Promise<void> {
  const got = await answer(net, options);
  const byIndex = [...got.top].sort((a, b) => a.index - b.index).map(({ probability }) => probability);
  expect(byIndex).toHaveLength(expected.length);
  byIndex.forEach((probability, i) => expect(probability, `class ${i}`).toBeCloseTo(expected[i]!, 5));
  expect(got.scores).toBe(scores);
}

const sigmoid = (values: readonly number[]): number[] => values.map((value) => 1 / (1 + Math.exp(-value)));
const softmax = (values: readonly number[]): number[] => {
  const powers = values.map(Math.exp);
  return powers.map((power) => power / powers.reduce((a, b) => a + b));
};
const through = (...nodes: readonly (readonly [op: string, inputs?: string, int?: NodeSpec['int']])[]): Net => ({
  tail: nodes.map(([op, inputs = '', int], i) => node(op, [i === 0 ? 'logits' : `v${i}`, ...inputs.split(' ').filter(Boolean)].join(' '), i === nodes.length - 1 ? 'y' : `v${i + 1}`, int)),
});
const FLOAT = { to: 1 };
const DOUBLE = { to: 11 };
const UINT8_PAIR = [['QuantizeLinear', 'scale'], ['DequantizeLinear', 'scale']] as const;

describe('scores', () => {
  const probabilities = softmax(LOGITS);
  const cases: readonly (readonly [what: string, net: Net, expected: readonly number[], scores: Scores])[] = [
    ['raw', {}, probabilities, 'softmax'],
    ['Softmax', through(['Softmax']), probabilities, 'none'],
    ['LogSoftmax', through(['LogSoftmax']), probabilities, 'softmax'],
    ['Exp of LogSoftmax', through(['LogSoftmax'], ['Exp']), probabilities, 'none'],
    ['Softmax of doubles', through(['Cast', '', DOUBLE], ['Softmax'], ['Cast', '', FLOAT]), probabilities, 'none'],
    ['Softmax that stays double', through(['Softmax'], ['Cast', '', DOUBLE]), probabilities, 'none'],
    ['Softmax, then [1, C, 1, 1]', through(['Softmax'], ['Reshape', 'column']), probabilities, 'none'],
    ['raw [1, C, 1, 1]', through(['Reshape', 'column']), probabilities, 'softmax'],
    ['raw [C]', through(['Reshape', 'flat']), probabilities, 'softmax'],
    ['Softmax, then [C]', through(['Softmax'], ['Identity'], ['Reshape', 'flat']), probabilities, 'none'],
    ['Sigmoid', through(['Sigmoid']), sigmoid(LOGITS), 'none'],
    ['Sigmoid of one', { ...through(['Sigmoid']), logits: [2] }, sigmoid([2]), 'none'],
    ['one raw score', { logits: [2] }, sigmoid([2]), 'sigmoid'],
  ];
  test.each(cases)('%s', (_, net, expected, scores) => expectAnswer(net, expected, scores));

  test('behind a pair of quantisation, to its rounding', async () => {
    const { top, scores } = await answer(through(['Softmax'], ...UINT8_PAIR));
    expect(scores).toBe('none');
    for (const { index, probability } of top) expect(Math.abs(probability - probabilities[index]!)).toBeLessThan(0.5 / 255 + 1e-6);
  });

  test('as the caller says', async () => {
    await expectAnswer({}, sigmoid(LOGITS), 'sigmoid', { scores: 'sigmoid' });
    await expectAnswer(through(['Softmax'], ['Mul', 'half']), probabilities.map((p) => p / 2), 'none', { scores: 'none' });
    expect((await answer({}, {}, { scores: 'sigmoid' })).scores).toBe('sigmoid');
    expect((await answer({}, { scores: 'softmax' }, { scores: 'sigmoid' })).scores).toBe('softmax');
  });

  const refused: readonly (readonly [what: string, net: Net, Class: new (...args: never[]) => Error, message: RegExp, options?: ClassifyOptions])[] = [
    ['a word that says nothing', {}, ArgumentError, /scores: expected softmax, sigmoid, none, got "logits"/, { scores: 'logits' as Scores }],
    ['raw scores called probabilities', {}, ArgumentError, /scores: .* a number of -2/, { scores: 'none' }],
    ['a softmax of one', { logits: [2] }, ArgumentError, /scores: expected sigmoid or none/, { scores: 'softmax' }],
    ['arithmetic on probabilities', through(['Softmax'], ['Mul', 'half']), UnsupportedError, /y, computed of probabilities; say what it is by the option scores/],
    ['classes by number', through(['ArgMax', '', { axis: 1 }]), UnsupportedError, /floats \[1, classes\], got y, int64 \[1, 1\]/],
    ['quantised numbers', through(['Softmax'], ['QuantizeLinear', 'scale']), UnsupportedError, /got y, uint8 \[1, 5\]/],
    ['several rows', through(['Concat', 'logits', { axis: 0 }]), UnsupportedError, /got y, float32 \[2, 5\]; use run\(\)/],
    ['infinities', { logits: [1, Infinity] }, EngineError, /y: expected finite scores, got Infinity as the score of class 1/],
    ['nothing but minus infinity', through(['Mul', 'zero'], ['Abs'], ['Log']), EngineError, /y: expected finite scores, got -Infinity as the score of class 0/],
  ];
  for (const [what, net, Class, message, options] of refused) {
    test(`${what}: refused`, async () => {
      await expect(answer(net, options)).rejects.toThrow(Class);
      await expect(answer(net, options)).rejects.toThrow(message);
    });
  }
});

describe('inputs', () => {
  const twice = [1, -1];
  const last = [node('Transpose', 'x', 't', {}, { perm: [0, 3, 1, 2] })];
  const bytes = [node('Cast', 'x', 'f32', FLOAT), node('Mul', 'f32 scale', 't')];
  const cases: readonly (readonly [what: string, net: Net, expected: readonly number[]])[] = [
    ['grey', { shape: [1, 1, 4, 4], logits: twice }, twice.map((v) => (v * 76) / 255)],
    ['grey, channels last', { shape: [1, 4, 4, 1], head: last, logits: twice }, twice.map((v) => (v * 76) / 255)],
    ['channels last', { shape: [1, 4, 4, 3], head: last, logits: twice }, twice],
    ['channels last, of any size', { shape: ['n', 'h', 'w', 3], head: last, logits: twice }, twice],
    ['bytes', { shape: [1, 3, 4, 4], type: UINT8, head: bytes, logits: twice }, twice],
    ['grey bytes', { shape: [1, 1, 4, 4], type: UINT8, head: bytes, logits: twice }, twice.map((v) => (v * 76) / 255)],
    ['bytes, channels last', { shape: [1, 4, 4, 3], type: UINT8, head: [node('Cast', 'x', 'f32', FLOAT), node('Mul', 'f32 scale', 's'), node('Transpose', 's', 't', {}, { perm: [0, 3, 1, 2] })], logits: twice }, twice],
  ];
  test.each(cases)('%s', (_, net, expected) => expectAnswer(net, softmax(expected), 'softmax'));

  test('bytes are not normalised, whatever the preset', async () => {
    const net = { shape: [1, 3, 4, 4], type: UINT8, head: bytes, logits: twice };
    for (const preprocess of ['imagenet', 'tf', 'unit'] as const) await expectAnswer(net, softmax(twice), 'softmax', { preprocess });
    // The order of channels stays the preset's: blue first, which red has none of.
    await expectAnswer(net, [0.5, 0.5], 'softmax', { preprocess: 'caffe' });
  });
});

describe('labels', () => {
  test('of any form, by index', async () => {
    const names = ['ant', 'bee', 'cat', 'dog', 'eel'];
    for (const labels of [names, { ...names }, { id2label: { ...names } }, Object.fromEntries(names.map((name, i) => [i, [`id-${i}`, name]]))]) {
      expect((await answer({}, { labels, topK: 2 })).top.map(({ label }) => label)).toEqual(['eel', 'dog']);
    }
  });

  test('of a model of one output', async () => {
    const one: Net = { logits: [2] };
    const [yes] = sigmoid([2]) as [number];
    expect((await answer(one, { labels: ['cat'] })).top).toEqual([{ index: 0, label: 'cat', probability: expect.closeTo(yes, 5) as number }]);
    expect((await answer(one, { labels: ['no', 'yes'] })).top).toEqual([
      { index: 1, label: 'yes', probability: expect.closeTo(yes, 5) as number },
      { index: 0, label: 'no', probability: expect.closeTo(1 - yes, 5) as number },
    ]);
  });

  test('of another number than classes', async () => {
    for (const [net, labels] of [[{}, ['ant']], [{}, ['a', 'b', 'c', 'd', 'e', 'f']], [{ logits: [2] }, ['a', 'b', 'c']]] as const) {
      await expect(answer(net, { labels })).rejects.toThrow(/labels: expected as many names as classes, \d, got \d/);
      await expect(answer(net, {}, { labels })).rejects.toThrow(ArgumentError);
    }
  });
});
