/** LSTM, GRU and RNN as onnxruntime computes them, on the host and in the engine; recurrent_cases.py writes the answers. */
import { describe, expect, test } from 'vitest';
import { ShapeError } from '../../ts/base/errors.js';
import { hostTensor } from '../../ts/onnx/form/tensors.js';
import type { AttributeValue, HostTensor, OnnxModel } from '../../ts/onnx/form/types.js';
import { evaluateGraph } from '../../ts/onnx/plan/evaluate.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { OnnxEngine } from '../../ts/onnx/run/session.js';
import { openVariant, RUNNABLE } from '../golden/engine.js';
import { modelBytes } from './build.js';
import CASES from './recurrent.json';

type Attributes = Readonly<Record<string, string | number | readonly string[] | readonly number[]>>;
interface Case {
  readonly op: string;
  readonly attributes: Attributes;
  readonly inputs: readonly ({ readonly shape: readonly number[]; readonly data: readonly number[] } | null)[];
  readonly outputs: readonly { readonly shape: readonly number[]; readonly data: readonly number[] }[];
}

const cases = (CASES as unknown as readonly Case[]).map((one) => {
  const given = one.inputs.flatMap((input, place) => (place > 0 && input ? [['X', 'W', 'R', 'B', 'lengths', 'h', 'c', 'P'][place]] : []));
  return { ...one, what: `${one.op} ${JSON.stringify(one.attributes)} of ${given.join(', ')}` };
});

function attribute(value: Attributes[string]): AttributeValue {
  if (typeof value === 'number') return Number.isInteger(value) ? { kind: 'int', value } : { kind: 'float', value };
  if (typeof value === 'string') return { kind: 'string', value };
  return typeof value[0] === 'string' ? { kind: 'strings', value: value as readonly string[] } : { kind: 'floats', value: value as readonly number[] };
}

/** The case as a model whose inputs but X are constants; with layout 1 sequences come first. */
function modelOf({ op, attributes, inputs }: Case, batchFirst: boolean): { model: OnnxModel; x: HostTensor } {
  const names = inputs.map((input, place) => (input ? `i${place}` : ''));
  const outputs = op === 'LSTM' ? ['y', 'h', 'c'] : ['y', 'h'];
  const turn = (place: number): boolean => batchFirst && [0, 5, 6].includes(place);
  const tensors = inputs.map((input, place) => input && hostTensor(place === 4 ? 'int32' : 'float32', turn(place) ? swapped(input.shape) : input.shape, turn(place) ? turned(input.shape, input.data) : input.data));
  const model = readOnnx(modelBytes({ inputs: { i0: tensors[0]!.shape }, outputs, nodes: [{ op, inputs: names, outputs }] }), op);
  const known = Object.entries(attributes).map(([name, value]): [string, AttributeValue] => [name, attribute(value)]);
  const nodes = model.graph.nodes.map((node) => ({ ...node, attributes: new Map([...known, ...(batchFirst ? [['layout', { kind: 'int', value: 1 }] as [string, AttributeValue]] : [])]) }));
  const initializers = new Map(tensors.flatMap((tensor, place) => (place > 0 && tensor ? [[names[place]!, { dtype: tensor.dtype, shape: tensor.shape, source: undefined, tensor: () => tensor }]] : [])));
  return { model: { ...model, graph: { ...model.graph, nodes, initializers } }, x: tensors[0]! };
}

const swapped = ([a = 1, b = 1, ...rest]: readonly number[]): number[] => [b, a, ...rest];

/** The first two dimensions exchanged. */
function turned([a = 1, b = 1, ...rest]: readonly number[], data: ArrayLike<number>): number[] {
  const inner = rest.reduce((x, y) => x * y, 1);
  return Array.from({ length: a * b * inner }, (_, at) => data[((Math.floor(at / inner) % a) * b + Math.floor(at / (a * inner))) * inner + (at % inner)]!);
}

/** Y is [steps, directions, N, hidden] and has N first with layout 1. */
function expectedOf({ outputs }: Case, batchFirst: boolean): { shape: readonly number[]; data: readonly number[] }[] {
  if (!batchFirst) return [...outputs];
  return outputs.map(({ shape, data }) => {
    if (shape.length === 3) return { shape: swapped(shape), data: turned(shape, data) };
    const [steps = 1, ways = 1, n = 1, hidden = 1] = shape;
    return { shape: [n, steps, ways, hidden], data: turned([steps * ways, n, hidden], data) };
  });
}

function check(got: readonly (HostTensor | undefined)[], expected: readonly { shape: readonly number[]; data: readonly number[] }[]): void {
  expect(got.map((tensor) => tensor?.shape)).toEqual(expected.map(({ shape }) => shape));
  expected.forEach(({ data }, output) => data.forEach((value, i) => expect(Math.abs(got[output]!.data[i]! - value), `output ${output} [${i}]`).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(value)))));
}

describe.each(cases)('$what', (one) => {
  test.each([false, true])('on the host, sequences first %s', (batchFirst) => {
    const { model, x } = modelOf(one, batchFirst);
    check(evaluateGraph(model.graph, [x]), expectedOf(one, batchFirst));
  });

  test.each(RUNNABLE)('in the engine, %s', (variant) => {
    for (const batchFirst of [false, true]) {
      const { model, x } = modelOf(one, batchFirst);
      const engine = new OnnxEngine(openVariant(variant), model);
      const hosts: string[] = [];
      const results = engine.run(new Map([['i0', x]]), { host: ({ op }) => hosts.push(op) });
      engine.dispose();
      check(model.graph.outputs.map(({ name }) => results.get(name)), expectedOf(one, batchFirst));
      expect(hosts).toEqual(isInEngine(one) ? [] : [one.op]);
    }
  });
});

test.each([5, -1])('a sequence of %s of four steps is refused, and names the node', (length) => {
  const long = cases.find(({ inputs }) => inputs[4])!;
  const { model, x } = modelOf({ ...long, inputs: long.inputs.map((input, place) => (place === 4 && input ? { ...input, data: [4, length] } : input)) }, false);
  expect(() => evaluateGraph(model.graph, [x])).toThrow(ShapeError);
  expect(() => evaluateGraph(model.graph, [x])).toThrow(/LSTM.*sequence_lens.*at most 4 steps/);
});

/** Cells of the usual functions, without limits, gates that see the cell, or sequences of their own lengths. */
function isInEngine({ op, attributes, inputs }: Case): boolean {
  const odd = 'clip' in attributes || 'input_forget' in attributes || inputs[4] || inputs[7];
  const { activations } = attributes;
  const relu = op === 'RNN' && Array.isArray(activations) && activations.every((name) => name === 'Relu');
  return !odd && (activations === undefined || relu);
}
