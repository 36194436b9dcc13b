/** The cases of windows, over everything that works out sizes: operators of the engine and of the host. */
import { describe, expect, test } from 'vitest';
import { GeometryError, ReceptiveError } from '../../ts/base/errors.js';
import { Attributes } from '../../ts/onnx/form/attributes.js';
import { hostTensor } from '../../ts/onnx/form/tensors.js';
import type { AttributeValue, HostTensor } from '../../ts/onnx/form/types.js';
import { windowAxes } from '../../ts/onnx/form/window.js';
import { evaluateNode } from '../../ts/onnx/plan/evaluate.js';
import { conv2dOp } from '../../ts/ops/conv2d/op.js';
import { convTranspose2dOp } from '../../ts/ops/conv-transpose2d/op.js';
import { pool2dOp } from '../../ts/ops/pool2d/op.js';
import { outputSize, spanOf, transposedSize } from '../../ts/tensor/geometry.js';
import cases from './geometry-cases.json';

type Case = (typeof cases)[number];
const fitting = cases.filter((one): one is Case & { out: number } => one.out !== null);

/** The same window along both axes of a map. */
const square = ({ kernel, stride, before, after, dilation, ceil }: Case) => ({
  kernel: [kernel, kernel], stride: [stride, stride], pad: [before, before, after, after], dilation: [dilation, dilation], ceil,
}) as const;
const channel = { inChannels: 1, outChannels: 1, groups: 1, bias: false } as const;

const ints = (values: Readonly<Record<string, readonly number[]>>): ReadonlyMap<string, AttributeValue> =>
  new Map(Object.entries(values).map(([name, value]) => [name, { kind: 'ints', value }]));
const window1d = ({ stride, before, after, dilation }: Case) => ({ strides: [stride], pads: [before, after], dilations: [dilation] });
const zeros = (...shape: number[]): HostTensor => hostTensor('float32', shape, new Float32Array(shape.reduce((a, b) => a * b, 1)));
const vector = (value: number): HostTensor => hostTensor('int64', [1], [value]);

/** The shape that an operator of the host gives. */
function onHost(op: string, inputs: readonly HostTensor[], attributes: ReadonlyMap<string, AttributeValue>): readonly number[] | undefined {
  return evaluateNode({ name: op, op, domain: '', inputs: [], outputs: ['y'], attributes, opset: 20 }, inputs)[0]?.shape;
}

test('there are cases', () => {
  expect(cases.length).toBeGreaterThan(100);
  expect(fitting.length).toBeGreaterThan(50);
});

/** Positions were counted by sliding the window; null is a window without meaning. */
test.each(cases)('%j', ({ size, out, ...axis }) => {
  if (out === null) expect(() => outputSize(size, axis)).toThrow(GeometryError);
  else expect(outputSize(size, axis)).toBe(out);
});

describe('the operators of the engine', () => {
  test('Conv2d', () => {
    for (const one of fitting) expect(conv2dOp({ ...channel, ...square(one) }).infer([[1, 1, one.size, one.size]]), JSON.stringify(one)).toEqual([[1, 1, one.out, one.out]]);
  });

  test('Pool2d, where every window sees an element', () => {
    const covered = fitting.filter((one) => Math.max(one.before, one.after) < spanOf(one));
    expect(covered.length).toBeGreaterThan(25);
    for (const one of covered) {
      const op = pool2dOp({ ...square(one), kind: 'max', countIncludePad: false, divisor: 0 });
      expect(op.infer([[1, 1, one.size, one.size]]), JSON.stringify(one)).toEqual([[1, 1, one.out, one.out]]);
    }
  });
});

/** A transposed convolution makes of the output's size the input's again, but for what the stride left over. */
const overs = fitting.filter(({ ceil }) => !ceil).map((one) => ({ one, over: (one.size + one.before + one.after - spanOf(one)) % one.stride }));

test('transposed sizes lead back', () => {
  expect(overs.length).toBeGreaterThan(20);
  for (const { one, over } of overs) {
    const { size, out, ...axis } = one;
    expect(transposedSize(out, axis, over), JSON.stringify(one)).toBe(size);
    const op = convTranspose2dOp({ ...channel, ...square(one), outputPadding: [over, over] });
    expect(op.infer([[1, 1, out, out]]), JSON.stringify(one)).toEqual([[1, 1, size, size]]);
  }
});

describe('the host', () => {
  test('windows of convolutions and poolings', () => {
    // ONNX has tensors without elements; with `ceil_mode` a first window may reach past the end, and none starts in the padding there.
    const alike = cases.filter((one) => one.size > 0 && (!one.ceil || (one.out !== null && one.after < spanOf(one))));
    for (const one of alike) {
      const attributes = new Attributes(new Map([...ints(window1d(one)), ['ceil_mode', { kind: 'int', value: Number(one.ceil) }]]));
      const sizes = (): number | undefined => windowAxes(attributes, [one.size], [one.kernel])[0]?.out;
      if (one.out === null) expect(sizes, JSON.stringify(one)).toThrow(ReceptiveError);
      else expect(sizes(), JSON.stringify(one)).toBe(one.out);
    }
  });

  test('ConvTranspose', () => {
    for (const { one, over } of overs) {
      const attributes = ints({ ...window1d(one), output_padding: [over] });
      expect(onHost('ConvTranspose', [zeros(1, 1, one.out), zeros(1, 1, one.kernel)], attributes), JSON.stringify(one)).toEqual([1, 1, one.size]);
    }
  });

  test('Col2Im', () => {
    for (const { one } of overs) {
      const inputs = [zeros(1, one.kernel, one.out), vector(one.size), vector(one.kernel)];
      expect(onHost('Col2Im', inputs, ints(window1d(one))), JSON.stringify(one)).toEqual([1, 1, one.size]);
    }
  });
});
