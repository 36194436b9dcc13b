/** What `receptive inspect` says a model is for. */
import { expect, test } from 'vitest';
import { showTask, taskReport } from '../../ts/cli/task-report.js';
import { OnnxRunnable } from '../../ts/onnx/run/model.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { openVariant } from '../golden/engine.js';
import { modelBytes } from '../onnx/build.js';

/** A model that answers zeros of these shapes. */
async function reportOf(outputs: Readonly<Record<string, readonly number[]>>, metadata: Readonly<Record<string, string>> = {}, shape: readonly (number | string)[] = [1, 3, 64, 64], inputShape?: readonly number[]) {
  const names = Object.keys(outputs);
  const nodes = names.flatMap((name) => [{ op: 'Mul', inputs: ['z', `${name}0`], outputs: [name] }]);
  const weights = Object.fromEntries(names.map((name) => [`${name}0`, [outputs[name]!, new Array<number>(outputs[name]!.reduce((a, b) => a * b, 1)).fill(0)] as const]));
  const sum = { op: 'ReduceSum', inputs: ['x'], outputs: ['z'], int: { keepdims: 0 } };
  const file = readOnnx(modelBytes({ inputs: { x: shape }, outputs: names, nodes: [sum, ...nodes], weights, metadata }), 'model');
  const model = new OnnxRunnable(openVariant('simd'), file, {});
  return taskReport(file, { inputs: model.inputs, outputs: model.outputs, run: (inputs) => Promise.resolve(model.run(inputs as never) as never) }, inputShape);
}

test('a detector that says what it is', async () => {
  const report = await reportOf({ output0: [1, 6, 84] }, { task: 'detect', names: "['a', 'b']" });
  expect(report).toMatchObject({ task: 'detection', labels: 2, head: { name: 'yolov8' }, noHead: undefined });
  expect(showTask(report)).toEqual(['task   detection, 2 labels', expect.stringMatching(/^head {3}yolov8: columns of box and scores/) as string]);
});

test('a detector that is known by its outputs', async () => {
  expect(await reportOf({ output: [1, 84, 6] })).toMatchObject({ task: undefined, labels: undefined, head: { name: 'yolox' } });
});

test('one of open size, when a shape is given', async () => {
  const open = [1, 3, 'h', 'w'];
  expect(await reportOf({ output: [1, 84, 6] }, {}, open)).toMatchObject({ head: undefined, noHead: undefined });
  expect(await reportOf({ output: [1, 84, 6] }, {}, open, [1, 3, 64, 64])).toMatchObject({ head: { name: 'yolox' } });
});

test('a classifier has no head, and needs no reason', async () => {
  expect(showTask(await reportOf({ y: [1, 10] }))).toEqual([]);
  expect(showTask(await reportOf({ y: [1, 10] }, { task: 'classify', names: "['a']" }))).toEqual(['task   classification, 1 labels']);
});

test('a detector that no head reads says why', async () => {
  const report = await reportOf({ y: [1, 10, 7] }, { task: 'detect' });
  expect(report.head).toBeUndefined();
  expect(report.noHead?.reason).toMatch(/got y \[1, 10, 7\]: no known form of detectors fits the outputs/);
  const lines = showTask(report);
  expect(lines[1]).toMatch(/^head {3}none: detect: expected outputs of a detector.*no known form/);
  expect(lines).toHaveLength(2 + Object.keys(report.noHead!.heads).length);
  expect(lines.find((line) => line.includes('yolox'))).toMatch(/yolox needs a row for each cell of the strides 8, 16, 32/);
});

test.each([
  ['channels first', [1, 2, 64, 64], 'y has 2 scores for each of 64 x 64 pixels'],
  ['channels last', [1, 64, 64, 1], 'y has 1 score for each of 64 x 64 pixels'],
  ['of a fourth of the sides', [1, 19, 16, 16], 'y has 19 scores for each of 16 x 16 pixels'],
])('a map of scores looks like a segmenter: %s', async (_, shape, map) => {
  const report = await reportOf({ y: shape });
  expect(report).toMatchObject({ map, head: undefined, noHead: undefined });
  expect(showTask(report)).toEqual([expect.stringMatching(`^looks like a segmenter: ${map}`) as string]);
});

test('what is neither map nor boxes has one line, without what each form lacks', async () => {
  const report = await reportOf({ y: [1, 10, 7] });
  expect(report).toMatchObject({ head: undefined, noHead: { heads: {} } });
  expect(showTask(report)).toEqual([expect.stringMatching(/^head {3}none: detect: expected outputs of a detector.*no known form/) as string]);
  for (const shape of [[1, 512, 2, 2], [1, 8, 32, 16]]) expect((await reportOf({ y: shape })).map).toBeUndefined();
});
