import type { RecurrentKind } from '../../contract/words.js';
import type { LowerContext, Lowering, Lowerings, ValueId } from '../../onnx/form/lowering.js';
import { DIRECTIONS } from '../../onnx/form/directions.js';
import { fill } from '../../onnx/form/tensors.js';
import type { Constant } from '../../onnx/form/types.js';
import { concatOp } from '../concat/op.js';
import { linearOp } from '../linear/op.js';
import { permuteOp } from '../permute/op.js';
import { reshapeOp } from '../reshape/op.js';
import { sliceOp } from '../slice/op.js';
import { GATES, recurrentOp } from './op.js';

/** Places of the inputs. */
const [X, W, R, B, LENGTHS, H, C, PEEPHOLES] = [0, 1, 2, 3, 4, 5, 6, 7];

/** Which functions of ONNX a cell of each kind has. */
const FUNCTIONS: Readonly<Record<RecurrentKind, readonly string[]>> = {
  tanh: ['tanh'], relu: ['relu'], lstm: ['sigmoid', 'tanh', 'tanh'], gru: ['sigmoid', 'tanh'], gruAfter: ['sigmoid', 'tanh'],
};

/** Sizes of a node that the engine computes. */
interface Cell {
  readonly kind: RecurrentKind;
  /** One for each direction: whether it goes backwards. */
  readonly ways: readonly boolean[];
  readonly steps: number;
  readonly n: number;
  readonly inputs: number;
  readonly hidden: number;
}

/** What no one says otherwise of: no clip, no coupled gates, no peepholes, sequences of one length. */
function isPlain(context: LowerContext, steps: number): boolean {
  const { attributes } = context;
  const odd = attributes.has('clip') || attributes.int('input_forget', 0) !== 0 || context.has(PEEPHOLES);
  const lengths = context.constant(LENGTHS)?.tensor().data;
  return !odd && (!context.has(LENGTHS) || lengths?.every((length) => length === steps) === true);
}

function cellOf(context: LowerContext, kinds: readonly RecurrentKind[]): Cell | undefined {
  const { attributes } = context;
  const ways = DIRECTIONS[attributes.string('direction', 'forward')];
  const [first = 0, second = 0, inputs = 0] = context.shape(X);
  const [steps, n] = attributes.int('layout', 0) === 0 ? [first, second] : [second, first];
  if (!ways || [W, R].some((input) => !context.lasts(input)) || (context.has(B) && !context.lasts(B)) || !isPlain(context, steps)) return undefined;
  const [directions, rows = 0, hidden = 0] = context.shape(R);
  const functions = attributes.strings('activations', ways.flatMap(() => FUNCTIONS[kinds[0]!]));
  const named = functions.map((name) => name.toLowerCase()).join();
  const kind = kinds.find((one) => ways.flatMap(() => FUNCTIONS[one]).join() === named);
  const fits = kind && directions === ways.length && rows === GATES[kind] * hidden && context.shape(W).join() === [ways.length, rows, inputs].join();
  return fits && steps * n * inputs * hidden > 0 ? { kind, ways, steps, n, inputs, hidden } : undefined;
}

/** Some of a constant's numbers as a parameter. */
function part(context: LowerContext, what: string, constant: Constant, shape: readonly number[], from: number): string {
  return context.derived(what, shape, () => {
    const { data } = constant.tensor();
    return fill('float32', shape, (i) => data[from + i] ?? 0);
  });
}

/** Biases of the products with inputs and with states are one sum, but for what a gated unit resets. */
function biasOf(context: LowerContext, { kind, hidden }: Cell, way: number): string | undefined {
  const constant = context.constant(B);
  if (!constant) return undefined;
  const rows = GATES[kind] * hidden;
  const apart = kind === 'gruAfter' ? 2 * hidden : rows;
  return context.derived(`bias ${way}`, [rows], () => {
    const { data } = constant.tensor();
    const at = 2 * rows * way;
    return fill('float32', [rows], (i) => (data[at + i] ?? 0) + (i < apart ? (data[at + rows + i] ?? 0) : 0));
  });
}

function paramsOf(context: LowerContext, cell: Cell, way: number, given: boolean): Record<string, string> {
  const { kind, hidden, n } = cell;
  const rows = GATES[kind] * hidden;
  const recurrent = part(context, `recurrent ${way}`, context.constant(R)!, [GATES[kind], hidden, hidden], way * rows * hidden);
  const nothing = (): string => context.derived('nothing', [n, hidden], () => fill('float32', [n, hidden], () => 0));
  const constant = context.constant(B);
  const zeros = (shape: readonly number[]): string => context.derived('no bias', shape, () => fill('float32', shape, () => 0));
  const bias: Record<string, string> = kind !== 'gruAfter' ? {} : { bias: constant ? part(context, `reset ${way}`, constant, [hidden], 2 * rows * way + rows + 2 * hidden) : zeros([hidden]) };
  return { recurrent, ...bias, ...(!given && { h: nothing(), ...(kind === 'lstm' && { c: nothing() }) }) };
}

/** One direction: h of every step, and of an LSTM the cells behind the last. */
function direction(context: LowerContext, cell: Cell, x: ValueId, way: number): ValueId {
  const { kind, hidden, inputs, n } = cell;
  const outFeatures = GATES[kind] * hidden;
  const bias = biasOf(context, cell, way);
  const weight = part(context, `weight ${way}`, context.constant(W)!, [outFeatures, inputs], way * outFeatures * inputs);
  const linear = linearOp({ inFeatures: inputs, outFeatures, bias: bias !== undefined });
  const sums = context.apply(linear, [x], { weight, ...(bias !== undefined && { bias }) });
  const given = context.has(H);
  const state = (input: number): ValueId => {
    const one = context.apply(sliceOp({ dim: 0, start: way, length: 1 }), [stepsFirst(context, context.value(input))]);
    return context.apply(reshapeOp({ shape: [n, hidden] }), [one]);
  };
  const states = given ? [state(H), ...(kind === 'lstm' ? [state(C)] : [])] : [];
  const op = recurrentOp({ kind, hidden, backwards: cell.ways[way] === true, given, n });
  return context.apply(op, [sums, ...states], paramsOf(context, cell, way, given));
}

/** With layout 1 the sequences come first, before steps or directions. */
function stepsFirst(context: LowerContext, value: ValueId): ValueId {
  return context.attributes.int('layout', 0) === 0 ? value : context.apply(permuteOp({ dims: [1, 0, 2] }), [value]);
}

function joined(context: LowerContext, values: readonly ValueId[], dim: number): ValueId {
  return values.length === 1 ? values[0]! : context.apply(concatOp({ dim }), [...values]);
}

function recurrent(...kinds: readonly RecurrentKind[]): Lowering {
  return (context) => {
    const chosen = kinds[0] === 'gru' && context.attributes.int('linear_before_reset', 0) !== 0 ? (['gruAfter'] as const) : kinds;
    const cell = context.shape(X).length === 3 ? cellOf(context, chosen) : undefined;
    if (!cell || (cell.kind === 'lstm' && context.has(H) !== context.has(C))) return undefined;
    const { steps, n, hidden, ways } = cell;
    const x = stepsFirst(context, context.value(X));
    const outputs = ways.map((_, way) => direction(context, cell, x, way));
    const slice = (value: ValueId, start: number, length: number): ValueId => context.apply(sliceOp({ dim: 0, start, length }), [value]);
    const all = outputs.map((value) => context.apply(reshapeOp({ shape: [steps, 1, n, hidden] }), [cell.kind === 'lstm' ? slice(value, 0, steps) : value]));
    const last = outputs.map((value, way) => slice(value, ways[way] ? 0 : steps - 1, 1));
    const cells = cell.kind === 'lstm' ? [joined(context, outputs.map((value) => slice(value, steps, 1)), 0)] : [];
    const results = [joined(context, all, 1), joined(context, last, 0), ...cells];
    if (context.attributes.int('layout', 0) === 0) return results;
    return results.map((value, i) => context.apply(permuteOp({ dims: i === 0 ? [2, 0, 1, 3] : [1, 0, 2] }), [value]));
  };
}

export const recurrentLowerings: Lowerings = { GRU: recurrent('gru'), LSTM: recurrent('lstm'), RNN: recurrent('tanh', 'relu') };
