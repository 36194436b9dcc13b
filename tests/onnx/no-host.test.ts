/** Operators that the engine computes alone: nothing goes to the host, and the answer is the host's. */
import { describe, expect, test } from 'vitest';
import { hostTensor } from '../../ts/onnx/form/tensors.js';
import { evaluateGraph } from '../../ts/onnx/plan/evaluate.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { OnnxEngine } from '../../ts/onnx/run/session.js';
import { openVariant, RUNNABLE } from '../golden/engine.js';
import { modelBytes } from './build.js';
import type { GraphSpec, NodeSpec } from './build.js';

type Shape = readonly number[];
type Case = readonly [what: string, shapes: Readonly<Record<string, Shape>>, node: Partial<NodeSpec> & Pick<NodeSpec, 'op' | 'inputs'>, more?: Partial<GraphSpec> & { readonly opset?: number; readonly positive?: boolean; readonly before?: readonly NodeSpec[] }];

const size = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);
const numbers = (length: number, seed: number): number[] => Array.from({ length }, (_, i) => (((i * 37 + seed * 101) % 41) - 20) / 8);
const weight = (shape: Shape): readonly [Shape, readonly number[]] => [shape, numbers(size(shape), 5)];

function orders(rank: number): number[][] {
  if (rank === 0) return [[]];
  return orders(rank - 1).flatMap((order) => Array.from({ length: rank }, (_, at) => [...order.slice(0, at), rank - 1, ...order.slice(at)]));
}

const one = (op: string, shape: Shape, attributes: Partial<NodeSpec> = {}, more: Case[3] = {}): Case => [`${op} of [${shape.join()}] ${JSON.stringify(attributes.ints ?? attributes.int ?? '')}`, { x: shape }, { op, inputs: ['x'], ...attributes }, more];
const two = (op: string, a: Shape, b: Shape): Case => [`${op} of [${a.join()}] and [${b.join()}]`, { x: a, z: b }, { op, inputs: ['x', 'z'] }, { positive: op === 'Pow' || op === 'Div' }];
const lines = (op: string, shape: Shape, weights: NonNullable<GraphSpec['weights']>, attributes: Partial<NodeSpec> = {}): Case => [`${op} of lines ${JSON.stringify(attributes)}`, { x: shape }, { op, inputs: ['x', ...Object.keys(weights)], ...attributes }, { weights }];
const cut = (shape: Shape, starts: number[], ends: number[], axes: number[], steps: number[]): Case => [`Slice ${starts.join()} to ${ends.join()} of [${shape.join()}] along ${axes.join()} by ${steps.join()}`, { x: shape }, { op: 'Slice', inputs: ['x', 'starts', 'ends', 'axes', 'steps'] }, { int64: { starts, ends, axes, steps } }];

const chosen = (op: string, condition: Shape, a: Shape, b: Shape): Case => [`${op} of [${condition.join()}], [${a.join()}] and [${b.join()}]`, { x: condition, z: a, w: b }, { op, inputs: ['k', 'z', 'w'] }, { before: [{ op: 'Greater', inputs: ['x', 'z0'], outputs: ['k'] }], weights: { z0: [[], [0.3]] } }];
const logic = (op: string): Case => [op, { x: [3, 5], z: [3, 5] }, { op, inputs: ['a', 'b'] }, { before: [{ op: 'Greater', inputs: ['x', 'z'], outputs: ['a'] }, { op: 'Less', inputs: ['x', 'h'], outputs: ['b'] }], weights: { h: [[], [0.5]] } }];
const filtered = (x: Shape, w: Shape, attributes: Partial<NodeSpec>): Case => [`Conv of [${x.join()}] by computed [${w.join()}]`, { x, z: w, b: [w[0]!] }, { op: 'Conv', inputs: ['x', 'z', 'b'], ...attributes }];
const product = (equation: string, a: Shape, b: Shape): Case => [`Einsum ${equation}`, { x: a, z: b }, { op: 'Einsum', inputs: ['x', 'z'], string: { equation } }];
const sampled = (string: Readonly<Record<string, string>>, int: Readonly<Record<string, number>>): Case => [`GridSample ${Object.values(string).join(' ')} ${JSON.stringify(int)}`, { x: [2, 3, 4, 5], z: [2, 3, 6, 2] }, { op: 'GridSample', inputs: ['x', 'z'], string, int }];

/** To sizes of the last two dimensions; for operator set 11 and later. */
const resized = (size: readonly [number, number], string: Readonly<Record<string, string>>, more: Partial<NodeSpec> = {}): Case => [`Resize to ${size.join()} ${JSON.stringify({ ...string, ...more })}`, { x: [2, 3, 4, 5] }, { op: 'Resize', inputs: ['x', '', '', 'sizes'], string, ...more }, { int64: { sizes: [2, 3, ...size] } }];

/** Indices as a list, and how many dimensions each names. */
function rows(op: 'GatherND' | 'ScatterND', indices: readonly number[], depth: number, updates: Shape = []): Case {
  const before: NodeSpec[] = [{ op: 'Reshape', inputs: ['flat', 'form'], outputs: ['at'] }];
  const shapes = { x: [4, 3, 2], ...(op === 'ScatterND' && { z: updates }) };
  return [`${op} of ${indices.join()} by ${depth}`, shapes, { op, inputs: ['x', 'at', ...(op === 'ScatterND' ? ['z'] : [])] }, { before, int64: { flat: indices, form: [indices.length / depth, depth] } }];
}

/** Of q, k and v: 4-D, or 3-D with numbers of heads. */
function attention(what: string, shapes: readonly [Shape, Shape, Shape], node: Partial<NodeSpec> = {}, mask?: Shape, truths = false): Case {
  const [x, z, w] = shapes;
  const before: NodeSpec[] = truths ? [{ op: 'Less', inputs: ['m', 'half'], outputs: ['mask'] }] : [{ op: 'Neg', inputs: ['m'], outputs: ['mask'] }];
  return [`Attention ${what}`, { x, z, w, ...(mask && { m: mask }) }, { op: 'Attention', inputs: ['x', 'z', 'w', ...(mask ? ['mask'] : [])], ...node }, mask ? { before, ...(truths && { weights: { half: [[], [0.5]] } }) } : {}];
}

/** ReduceSum has its axes as an input since operator set 13, the others since 18. */
function reduced(op: string, shape: Shape, axes: readonly number[], int: Readonly<Record<string, number>> = {}): Case {
  const what = `${op} of [${shape.join()}] over ${axes.join()} ${JSON.stringify(int)}`;
  const positive = op === 'ReduceLogSum';
  if (op === 'ReduceSum') return [what, { x: shape }, { op, inputs: ['x', 'axes'], int }, { int64: { axes } }];
  return [what, { x: shape }, { op, inputs: ['x'], ints: { axes }, int }, { positive }];
}

const REDUCTIONS = ['ReduceL1', 'ReduceL2', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceProd', 'ReduceSum', 'ReduceSumSquare'];
const AXES = [[1], [-1], [2, 3], [1, 2], [0, 3], [1, 3], [0, 1, 2, 3]];

const CASES: readonly Case[] = [
  ...[[3, 4], [2, 3, 5], [2, 3, 4, 5], [2, 1, 3, 2, 4]].flatMap((shape) => orders(shape.length).map((perm) => one('Transpose', shape, { ints: { perm } }))),
  cut([2, 6, 5, 7], [1], [5], [1], [2]),
  cut([2, 6, 5, 7], [-1], [-100], [3], [-1]),
  cut([2, 6, 5, 7], [4, 1], [0, 6], [2, 3], [-2, 3]),
  cut([2, 6, 5, 7], [1, 1], [2, 3], [0, 1], [1, 1]),
  cut([9, 7], [0], [100], [1], [1]),
  ['Split in three, unevenly', { x: [2, 6, 3, 2] }, { op: 'Split', inputs: ['x', 'parts'], outputs: ['y', 'y1', 'y2'], int: { axis: 1 } }, { int64: { parts: [1, 3, 2] }, outputs: ['y', 'y1', 'y2'] }],
  ['Split in thirds, of which two have a name', { x: [6, 2] }, { op: 'Split', inputs: ['x'], outputs: ['y', '', 'y2'] }, { outputs: ['y', 'y2'] }],
  ['Split in halves', { x: [4, 6] }, { op: 'Split', inputs: ['x'], outputs: ['y', 'y1'], int: { axis: -1 } }, { outputs: ['y', 'y1'] }],
  ['Expand', { x: [3, 1, 2] }, { op: 'Expand', inputs: ['x', 'shape'] }, { int64: { shape: [2, 3, 5, 1] } }],
  ['Tile', { x: [2, 3, 2, 1] }, { op: 'Tile', inputs: ['x', 'times'] }, { int64: { times: [1, 2, 3, 4] } }],
  ...REDUCTIONS.flatMap((op) => [...AXES.map((axes) => reduced(op, [2, 3, 4, 5], axes)), reduced(op, [2, 3, 5], [2], { keepdims: 0 }), reduced(op, [2, 3, 4, 5], [0, 1, 2, 3], { keepdims: 0 }), reduced(op, [6], [0], { keepdims: 0 })]),
  ['a number on a map', { x: [2, 3, 4, 5] }, { op: 'Add', inputs: ['x', 'all'] }, { before: [{ op: 'ReduceMax', inputs: ['x'], outputs: ['all'], int: { keepdims: 0 } }] }],
  ['a number by a number', { x: [5] }, { op: 'Div', inputs: ['all', 'least'] }, { before: [{ op: 'ReduceMax', inputs: ['x'], outputs: ['all'], int: { keepdims: 0 } }, { op: 'ReduceMin', inputs: ['x'], outputs: ['least'], int: { keepdims: 0 } }] }],
  one('ArgMax', [7], { int: { axis: 0, keepdims: 0 } }),
  ...['Abs', 'Ceil', 'Erf', 'Exp', 'Floor', 'Neg', 'Round', 'Sign'].map((op) => one(op, [2, 3, 4, 5])),
  ...['Log', 'Reciprocal', 'Sqrt'].map((op) => one(op, [7], {}, { positive: true })),
  ...['Sub', 'Max', 'Min', 'Pow', 'Div'].flatMap((op) => [two(op, [2, 3, 4, 5], [2, 3, 4, 5]), two(op, [2, 3, 4, 5], [3, 1, 1]), two(op, [4], [3, 4])]),
  ['Max of three', { x: [2, 3], z: [3], w: [2, 1] }, { op: 'Max', inputs: ['x', 'z', 'w'] }],
  ['Pow by 2', { x: [5] }, { op: 'Pow', inputs: ['x', 'two'] }, { weights: { two: [[], [2]] } }],
  ['Pow by a vector', { x: [2, 3] }, { op: 'Pow', inputs: ['x', 'by'] }, { weights: { by: [[3], [3, 0.5, -1]] }, positive: true }],
  ...['Celu', 'Elu', 'Mish', 'Selu', 'Softsign'].map((op) => one(op, [2, 3, 4, 5])),
  one('Elu', [7], { float: { alpha: 0.5 } }),
  one('Celu', [7], { float: { alpha: 2 } }),
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'].flatMap((op) => [two(op, [2, 3, 4, 5], [2, 3, 4, 5]), two(op, [2, 3, 4, 5], [3, 1, 1]), two(op, [4], [3, 4])]),
  chosen('Where', [2, 3, 4, 5], [2, 3, 4, 5], [2, 3, 4, 5]),
  chosen('Where', [2, 3, 4, 5], [3, 1, 1], [1]),
  chosen('Where', [5], [4, 1], [3, 4, 5]),
  ...['And', 'Or', 'Xor'].map(logic),
  ['Where of numbers', { x: [3, 4] }, { op: 'Where', inputs: ['k', 'x', 'low'] }, { weights: { low: [[4], [-1, -Infinity, 3, 0.5]] }, before: [{ op: 'Less', inputs: ['x', 'x'], outputs: ['h'] }, { op: 'Not', inputs: ['h'], outputs: ['k'] }] }],
  ...[0, 1, 2, -1].map((axis): Case => ['Gather along ' + String(axis), { x: [4, 3, 5] }, { op: 'Gather', inputs: ['x', 'at'], int: { axis } }, { int64: { at: [2, -1, 0, 1] } }]),
  ['Gather of channels', { x: [2, 3, 4, 5] }, { op: 'Gather', inputs: ['x', 'at'], int: { axis: 1 } }, { int64: { at: [2, 0, 2, -2] } }],
  ...[0, 1].flatMap((keepdims) => ['ArgMax', 'ArgMin'].flatMap((op) => [0, 1, 3].map((axis) => one(op, [2, 3, 4, 5], { int: { axis, keepdims } })))),
  ...['bhqd,bhkd->bhqk', 'abcd,abcd->ab', 'abcd,abcd->cabd', 'abcd,aecd->be', 'abcd,abde', '...ij,...kj->...ik'].map((equation) => product(equation, [2, 3, 4, 5], equation === 'abcd,abde' ? [2, 3, 5, 4] : equation === 'abcd,aecd->be' ? [2, 6, 4, 5] : [2, 3, 4, 5])),
  product('nhwc,cd->nhwd', [2, 3, 4, 5], [5, 6]), product('i,j->ij', [3], [4]), product('i,i->i', [3], [3]), product('bij, bjk -> bik', [2, 3, 4], [2, 4, 5]), product('ij,jk', [3, 4], [4, 5]),
  ...['abcd->dcba', 'abcd->ac', 'abcd->bdca', 'abcd->b'].map((equation) => one('Einsum', [2, 3, 4, 5], { string: { equation } })),
  ...['zeros', 'border', 'reflection'].flatMap((padding_mode) => ['linear', 'nearest'].flatMap((mode) => [0, 1].map((align_corners) => sampled({ padding_mode, mode }, { align_corners })))),
  ...['half_pixel', 'asymmetric', 'align_corners', 'pytorch_half_pixel', 'half_pixel_symmetric'].flatMap((coordinate_transformation_mode) => ['nearest', 'linear', 'cubic'].flatMap((mode) => ([[8, 10], [7, 3], [3, 8]] as const).map((size) => resized(size, { coordinate_transformation_mode, mode })))),
  ...['floor', 'ceil', 'round_prefer_ceil'].map((nearest_mode) => resized([6, 7], { nearest_mode })),
  resized([6, 7], { mode: 'cubic' }, { int: { exclude_outside: 1 }, float: { cubic_coeff_a: -0.5 } }),
  resized([3, 2], { mode: 'linear' }, { int: { antialias: 1 } }),
  ['Resize of some axes', { x: [2, 3, 4, 5] }, { op: 'Resize', inputs: ['x', '', 'by'], string: { mode: 'linear' }, ints: { axes: [3, 1] } }, { weights: { by: [[2], [1.5, 2]] } }],
  ['Resize of volumes', { x: [1, 2, 3, 4, 5] }, { op: 'Resize', inputs: ['x', '', 'by'], string: { mode: 'linear' } }, { weights: { by: [[5], [1, 1, 2, 2, 2]] } }],
  ['Resize of lines', { x: [2, 3, 5] }, { op: 'Resize', inputs: ['x', '', 'by'], string: { mode: 'nearest' } }, { weights: { by: [[3], [1, 1, 2]] } }],
  ['Resize of operator set 10 rounds up where it shrinks', { x: [2, 3, 4, 10] }, { op: 'Resize', inputs: ['x', 'by'], string: { mode: 'nearest' } }, { weights: { by: [[4], [1, 1, 1, 0.6]] }, opset: 10 }],
  ...[[1, 1, 2, 3], [1, 1, 1.5, 2]].flatMap((by) => ['nearest', 'linear'].map((mode): Case => [`Upsample ${mode} by ${by.join()}`, { x: [2, 3, 4, 5] }, { op: 'Upsample', inputs: ['x', 'by'], string: { mode } }, { weights: { by: [[4], by] }, opset: 9 }])),
  ...['Sum', 'Mean'].map((op): Case => [`${op} of three`, { x: [2, 3], z: [3], w: [2, 1] }, { op, inputs: ['x', 'z', 'w'] }]),
  one('Swish', [2, 3, 4, 5]),
  one('Swish', [7], { float: { alpha: 0.5 } }),
  ...[[-1, [5]], [2, [4, 5]], [1, [3, 1, 5]]].map(([axis, of]): Case => [`RMSNormalization from ${String(axis)}`, { x: [2, 3, 4, 5] }, { op: 'RMSNormalization', inputs: ['x', 's'], int: { axis: axis as number } }, { weights: { s: weight(of as number[]) } }]),
  rows('GatherND', [2, 0, 2, -1], 1), rows('GatherND', [2, 0, 1, 2, -1, -3], 2), rows('GatherND', [2, 0, 1, 3, 2, 1], 3),
  rows('ScatterND', [1, 2], 1, [2, 3, 2]), rows('ScatterND', [0, 1, 2, 3], 1, [4, 3, 2]), rows('ScatterND', [3], 1, [1, 3, 2]), rows('ScatterND', [3, 0, -1], 1, [3, 3, 2]),
  rows('ScatterND', [2, 0, 1, 2, -1, -3], 2, [3, 2]), rows('ScatterND', [2, 0, 1, 3, 2, 1], 3, [2]),
  attention('of heads', [[2, 3, 5, 4], [2, 3, 6, 4], [2, 3, 6, 7]]),
  attention('of one head and scale', [[1, 1, 5, 4], [1, 1, 1, 4], [1, 1, 1, 7]], { float: { scale: 0.3 } }),
  attention('of three dimensions', [[2, 5, 12], [2, 6, 12], [2, 6, 9]], { int: { q_num_heads: 3, kv_num_heads: 3 } }),
  attention('of shared keys', [[2, 5, 12], [2, 6, 6], [2, 6, 4]], { int: { q_num_heads: 4, kv_num_heads: 2 } }),
  attention('of shared keys, in order of time', [[2, 4, 5, 3], [2, 2, 5, 3], [2, 2, 5, 3]], { int: { is_causal: 1 } }),
  attention('in order of time', [[2, 3, 5, 4], [2, 3, 6, 4], [2, 3, 6, 7]], { int: { is_causal: 1 } }),
  attention('and numbers', [[2, 3, 5, 4], [2, 3, 6, 4], [2, 3, 6, 7]], {}, [2, 1, 5, 6]),
  attention('and a row of numbers', [[2, 3, 5, 4], [2, 3, 6, 4], [2, 3, 6, 7]], {}, [1, 6]),
  attention('and truths', [[2, 3, 5, 4], [2, 3, 6, 4], [2, 3, 6, 7]], {}, [3, 5, 6], true),
  two('MatMul', [5, 7], [7, 9]),
  ['Gemm of two that are computed', { x: [5, 7], z: [9, 7], c: [9] }, { op: 'Gemm', inputs: ['x', 'z', 'c'], int: { transB: 1 } }],
  two('MatMul', [2, 3, 5, 7], [2, 3, 7, 9]),
  two('MatMul', [2, 3, 5, 7], [7, 9]),
  two('MatMul', [3, 1, 5, 7], [4, 7, 9]),
  filtered([2, 3, 6, 7], [4, 3, 3, 2], { ints: { pads: [1, 0, 2, 1], strides: [2, 1] } }),
  filtered([2, 4, 6, 7], [6, 2, 3, 3], { int: { group: 2 }, ints: { dilations: [2, 1] } }),
  filtered([1, 3, 9], [4, 3, 3], { ints: { pads: [1, 1] } }),
  lines('Conv', [2, 4, 5, 6, 7], { w: weight([6, 2, 3, 2, 3]), b: weight([6]) }, { int: { group: 2 }, ints: { pads: [1, 0, 1, 2, 1, 0], strides: [2, 1, 2], dilations: [1, 2, 1] } }),
  lines('Conv', [1, 3, 4, 4, 4], { w: weight([2, 3, 1, 1, 1]) }),
  lines('MaxPool', [2, 3, 5, 6, 7], {}, { ints: { kernel_shape: [3, 2, 2], strides: [2, 1, 2], pads: [1, 0, 1, 1, 1, 0] } }),
  ...[0, 1].map((count_include_pad) => lines('AveragePool', [2, 3, 5, 6, 7], {}, { ints: { kernel_shape: [3, 2, 2], strides: [2, 1, 2], pads: [1, 0, 1, 1, 1, 0] }, int: { count_include_pad } })),
  lines('GlobalAveragePool', [2, 3, 2, 4, 5], {}),
  lines('GlobalMaxPool', [2, 3, 2, 4, 5], {}),
  lines('BatchNormalization', [2, 3, 2, 4, 5], { s: weight([3]), b: weight([3]), m: weight([3]), v: [[3], [1, 2, 0.5]] }),
  lines('InstanceNormalization', [2, 3, 2, 4, 5], { s: weight([3]), b: weight([3]) }),
  lines('Conv', [2, 3, 11], { w: weight([4, 3, 3]), b: weight([4]) }, { ints: { strides: [2], pads: [1, 2], dilations: [2] } }),
  lines('Conv', [1, 4, 9], { w: weight([4, 1, 3]) }, { int: { group: 4 } }),
  lines('ConvTranspose', [1, 3, 5], { w: weight([3, 2, 4]) }, { ints: { strides: [2], pads: [1, 0], output_padding: [1] } }),
  lines('MaxPool', [1, 3, 9], {}, { ints: { kernel_shape: [3], strides: [2], pads: [1, 1] } }),
  lines('AveragePool', [1, 3, 9], {}, { ints: { kernel_shape: [2] } }),
  lines('GlobalAveragePool', [2, 3, 9], {}),
  lines('BatchNormalization', [2, 3, 5], { s: weight([3]), b: weight([3]), m: weight([3]), v: [[3], [1, 2, 0.5]] }),
  lines('BatchNormalization', [7, 3], { s: weight([3]), b: weight([3]), m: weight([3]), v: [[3], [1, 2, 0.5]] }),
  lines('InstanceNormalization', [2, 3, 5], { s: weight([3]), b: weight([3]) }),
];

/** Whether the first input is a map, whose channels may lie last. */
const isMap = ({ x }: Readonly<Record<string, Shape>>): boolean => x?.length === 4;

const TIMES = [
  ...CASES.map(([what, shapes, node, more = {}]) => ({ what, shapes, node, more, behind: [...(more.before ?? [])] })),
  ...CASES.filter(([, shapes]) => isMap(shapes)).map(([what, shapes, node, more = {}]) => ({
    what: `${what}, channels last`, shapes, more,
    node: { ...node, inputs: node.inputs.map((name) => (name === 'x' ? 'map' : name)) },
    behind: [{ op: 'MaxPool', inputs: ['x'], outputs: ['map'], ints: { kernel_shape: [1, 1] } }, ...(more.before ?? []).map((one) => ({ ...one, inputs: one.inputs.map((name) => (name === 'x' ? 'map' : name)) }))],
  })),
];

describe.each(TIMES)('$what', ({ shapes, node, behind, more: { positive = false, before: _, outputs = ['y'], opset, ...more } }) => {
  const model = readOnnx(modelBytes({ inputs: shapes, outputs, nodes: [...behind, { outputs: ['y'], ...node }], ...more } as GraphSpec, opset), 'one node');
  const value = (x: number): number => (positive ? Math.abs(x) + 0.25 : x);
  const inputs = new Map(Object.entries(shapes).map(([name, shape], i) => [name, hostTensor('float32', shape, numbers(size(shape), i).map(value))]));

  test('in the engine alone, as on the host', () => {
    const expected = evaluateGraph(model.graph, [...inputs.values()]);
    const hosts: string[] = [];
    const engine = new OnnxEngine(openVariant('simd'), model);
    const got = engine.run(inputs, { host: ({ op }) => hosts.push(op) });
    engine.dispose();
    expect(hosts).toEqual([]);
    for (const [at, name] of outputs.entries()) {
      const [have, want] = [got.get(name)!, expected[at]!];
      expect([have.dtype, have.shape, have.data.length]).toEqual([want.dtype, want.shape, want.data.length]);
      have.data.forEach((x: number, i: number) => {
        const tolerance = 1e-5 * Math.max(1, Math.abs(want.data[i]!));
        if (!(Math.abs(x - want.data[i]!) <= tolerance)) expect(x, `${name}[${i}]`).toBe(want.data[i]);
      });
    }
  });
});

describe.each(RUNNABLE)('%s', (variant) => {
  const odd = [Number.NaN, Infinity, -Infinity, 0, 1, -2, 0.5, Number.NaN, 3];

  test.each([['Max', Math.max], ['Min', Math.min]] as const)('%s keeps NaN, of either operand, however it broadcasts', (op, of) => {
    const model = readOnnx(modelBytes({ inputs: { x: [9], z: ['M'] }, outputs: ['y'], nodes: [{ op, inputs: ['x', 'z'], outputs: ['y'] }] }), op);
    const engine = new OnnxEngine(openVariant(variant), model);
    for (const other of [...odd.map((x) => [x]), odd.toReversed()]) {
      const y = engine.run(new Map([['x', hostTensor('float32', [9], odd)], ['z', hostTensor('float32', [other.length], other)]])).get('y')!;
      expect([...y.data]).toEqual(odd.map((x, i) => of(x, other[i] ?? other[0]!)));
    }
    engine.dispose();
  });

  test.each(['ReduceMax', 'ReduceMin'])('%s keeps NaN, wherever it stands', (op) => {
    const model = readOnnx(modelBytes({ inputs: { x: [1, 6] }, outputs: ['y'], nodes: [{ op, inputs: ['x'], outputs: ['y'], ints: { axes: [1] } }] }), op);
    const engine = new OnnxEngine(openVariant(variant), model);
    for (let at = 0; at < 6; at++) {
      const x = hostTensor('float32', [1, 6], [1, 2, 3, 4, 5, 6].with(at, Number.NaN));
      expect([...engine.run(new Map([['x', x]])).get('y')!.data]).toEqual([Number.NaN]);
    }
    engine.dispose();
  });
});
