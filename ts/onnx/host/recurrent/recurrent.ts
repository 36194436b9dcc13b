import { FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { DIRECTIONS } from '../../form/directions.js';
import { hostTensor } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { rounded } from '../lib/types.js';
import { CELLS } from './cells.js';
import type { Cell, State } from './cells.js';
import { functionsOf } from './functions.js';
import type { Activation } from './functions.js';

/** Sizes of a node. */
interface Sizes {
  readonly steps: number;
  readonly n: number;
  readonly inputs: number;
  readonly hidden: number;
  /** One for each direction: whether it goes backwards. */
  readonly ways: readonly boolean[];
}

/** Whether sequences come before steps, and before directions. */
const isBatchFirst = ({ attributes }: HostContext): boolean => attributes.int('layout', 0) !== 0;

function sizesOf(context: HostContext, { gates }: Cell): Sizes {
  const direction = context.attributes.string('direction', 'forward');
  const ways = DIRECTIONS[direction] ?? wrong('direction', Object.keys(DIRECTIONS).join(', '), direction, { as: FormatError });
  const [x, w, r] = [0, 1, 2].map((input) => required(context, input).shape) as [readonly number[], readonly number[], readonly number[]];
  const [first = 0, second = 0, inputs = 0] = x;
  const [steps, n] = isBatchFirst(context) ? [second, first] : [first, second];
  const hidden = r[2] ?? 0;
  if (x.length !== 3) wrong('X', '3 dimensions', showShape(x), { as: ShapeError });
  expectShape('W', [ways.length, gates * hidden, inputs], w);
  expectShape('R', [ways.length, gates * hidden, hidden], r);
  const states = isBatchFirst(context) ? [n, ways.length, hidden] : [ways.length, n, hidden];
  for (const [name, input, shape] of [['B', 3, [ways.length, 2 * gates * hidden]], ['sequence_lens', 4, [n]], ['initial_h', 5, states], ['initial_c', 6, states], ['P', 7, [ways.length, 3 * hidden]]] as const) {
    const given = context.inputs[input];
    if (given) expectShape(name, shape, given.shape);
  }
  const odd = context.inputs[4]?.data.find((length) => !(length >= 0 && length <= steps));
  if (odd !== undefined) wrong('sequence_lens', `lengths of at most ${steps} steps`, String(odd), { as: ShapeError });
  return { steps, n, inputs, hidden, ways };
}

function expectShape(name: string, expected: readonly number[], got: readonly number[]): void {
  if (expected.join() !== got.join()) wrong(name, showShape(expected), showShape(got), { as: ShapeError });
}

/** Some numbers of an input, zeros where it is left out. */
function numbers(input: HostTensor | undefined, from: number, length: number): Float64Array {
  return input ? Float64Array.from(input.data.subarray(from, from + length)) : new Float64Array(length);
}

/** `matrix` [rows, columns] times a vector, plus a bias. */
function times(matrix: Float64Array, vector: ArrayLike<number>, bias: Float64Array): Float64Array {
  const columns = vector.length;
  return bias.map((start, row) => {
    let sum = start;
    for (let column = 0; column < columns; column++) sum += matrix[row * columns + column]! * vector[column]!;
    return sum;
  });
}

/** Runs one direction over one sequence; tells of each step, and gives the state behind the last. */
function sequence(context: HostContext, cell: Cell, sizes: Sizes, at: { readonly way: number; readonly image: number; readonly functions: readonly Activation[] }, visit: (step: number, h: Float64Array) => void): State {
  const { steps, n, inputs, hidden, ways } = sizes;
  const { way, image, functions } = at;
  const rows = cell.gates * hidden;
  const [, w, r, b, lengths, , , p] = context.inputs;
  const [weights, bias] = [numbers(w, way * rows * inputs, rows * inputs), numbers(b, way * 2 * rows, rows)];
  const gates = Array.from({ length: cell.gates }, (_, gate) => ({
    matrix: numbers(r, (way * rows + gate * hidden) * hidden, hidden * hidden), bias: numbers(b, way * 2 * rows + rows + gate * hidden, hidden),
  }));
  const peepholes = p && numbers(p, way * 3 * hidden, 3 * hidden);
  const place = (isBatchFirst(context) ? image * ways.length + way : way * n + image) * hidden;
  let state: State = { h: numbers(context.inputs[5], place, hidden), c: numbers(context.inputs[6], place, hidden) };
  const length = lengths?.data[image] ?? steps;
  const { data } = required(context, 0);
  for (let i = 0; i < length; i++) {
    const step = ways[way] ? length - 1 - i : i;
    const from = (isBatchFirst(context) ? image * steps + step : step * n + image) * inputs;
    const x = times(weights, data.subarray(from, from + inputs), bias);
    const product = (gate: number, vector: Float64Array): Float64Array => times(gates[gate]!.matrix, vector, gates[gate]!.bias);
    state = cell.step({ x, product, ...state, peepholes }, functions, context);
    visit(step, state.h);
  }
  return state;
}

/** Recurrent layers of ONNX: h of every step, of the last one, and of an LSTM the cells behind it. Steps behind a sequence's end are 0. */
function recurrent(cell: Cell): Compute {
  return (context) => {
    const sizes = sizesOf(context, cell);
    const { steps, n, hidden, ways } = sizes;
    const functions = functionsOf(context, cell.functions, ways.length);
    const batchFirst = isBatchFirst(context);
    const all = new Float64Array(steps * n * ways.length * hidden);
    const [last, cells] = [new Float64Array(n * ways.length * hidden), new Float64Array(n * ways.length * hidden)];
    for (let way = 0; way < ways.length; way++) {
      for (let image = 0; image < n; image++) {
        const state = sequence(context, cell, sizes, { way, image, functions: functions[way]! }, (step, h) => {
          const at = batchFirst ? (image * steps + step) * ways.length + way : (step * ways.length + way) * n + image;
          all.set(h, at * hidden);
        });
        const place = (batchFirst ? image * ways.length + way : way * n + image) * hidden;
        last.set(state.h, place);
        cells.set(state.c, place);
      }
    }
    const { dtype } = required(context, 0);
    const states = batchFirst ? [n, ways.length, hidden] : [ways.length, n, hidden];
    const shapes = [batchFirst ? [n, steps, ways.length, hidden] : [steps, ways.length, n, hidden], states, states];
    return [all, last, cells].map((data, i) => rounded(hostTensor(dtype, shapes[i]!, data)));
  };
}

export const recurrentOps: HostOps = { GRU: recurrent(CELLS.GRU), LSTM: recurrent(CELLS.LSTM), RNN: recurrent(CELLS.RNN) };
