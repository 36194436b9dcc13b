import { ShapeError } from '../base/errors.js';
import { showShape, showValue, typeName } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import type { Graph } from '../graph/graph.js';
import { arrayKind } from '../tensor/arrays.js';
import { count } from '../tensor/shape.js';
import { asData, isTensor } from '../tensor/tensor.js';
import type { AnyTensor, Tensor } from '../tensor/tensor.js';
import { boxesIn, targetShape } from './loss-steps.js';
import { IGNORED, takesClasses } from './loss.js';
import type { Loss } from './loss.js';
import { dataOf, float32Of } from './numbers.js';
import type { Numbers } from './session.js';

/** Class indices of a batch, or what a loss compares with. */
export type Target = readonly number[] | Uint8Array | Int32Array | Uint32Array | AnyTensor;

/** A batch: what goes in, and what should come out. */
export interface Batch {
  /** The input, float32 and NCHW for maps; of a network with several, by name. */
  readonly x: Tensor | Readonly<Record<string, Tensor>>;
  /**
   * Class indices, or a tensor for other losses; with several losses one for each, in their order. Losses whose target the network
   * computes have none: where no others are left, it is [].
   */
  readonly y: Target | readonly Target[];
}

/** @throws ArgumentError for what is neither a batch nor a data set */
export function expectBatch(batch: unknown): void {
  if (typeof batch !== 'object' || batch === null) wrong('batch', 'a batch { x, y }, or a data set', showValue(batch));
}

/** @throws ArgumentError for a target without weights of which nothing counts: there is no mean over nothing */
export function expectCounting({ amount, weights }: FedTarget): void {
  if (amount === 0 && !weights) wrong('y', 'a label that counts', 'only such as are ignored or have no weight');
}

/** The inputs of a batch in the graph's order. @throws DtypeError, ArgumentError naming what is missing or is no float32 */
export function inputsOf(graph: Graph, x: Batch['x']): Numbers[] {
  const one = isTensor(x);
  if (one && graph.inputs.length > 1) {
    const expected = graph.inputs.map(({ name }) => name).join(', ');
    wrong('x', `tensors by name (${expected})`, 'one tensor');
  }
  if (one || typeof x !== 'object' || x === null || Array.isArray(x) || ArrayBuffer.isView(x)) return [floats('x', x)];
  return graph.inputs.map(({ name }) => floats(`x.${name}`, x[name]));
}

/** A tensor of finite float32 numbers, one at least. @throws ArgumentError, DtypeError, ShapeError */
export function floats(place: string, value: unknown): Numbers {
  const numbers = float32Of(place, value);
  expectFinite(place, numbers);
  return numbers;
}

function expectFinite(place: string, { shape, data }: Numbers): void {
  if (data.length === 0) wrong(place, 'at least one example', showShape(shape), { as: ShapeError });
  const odd = data.findIndex((number) => !Number.isFinite(number));
  if (odd < 0) return;
  const example = Math.floor(odd / (data.length / (shape[0] ?? 1)));
  wrong(place, 'finite numbers', `${data[odd]} in example ${example}`);
}

/** What a loss compares with, as it is fed. */
export interface FedTarget extends Numbers {
  /** Classes of examples or pixels, where they have some; `IGNORED` where one does not count. */
  readonly labels: Int32Array | undefined;
  /** Examples or pixels that count. */
  readonly counted: number;
  /** Over how much the loss is a mean: examples, or the sum of the weights of classes or elements. */
  readonly amount: number;
  /** A weight for each element or box, where the loss takes some. */
  readonly weights: Numbers | undefined;
  /** Whether the network computes it: nothing is fed then. */
  readonly computed?: true;
}

/** What is fed for targets, in the order in which a program takes it. */
export const fedNumbers = (targets: readonly FedTarget[]): Numbers[] => targets.flatMap((target) => (target.computed ? [] : target.weights ? [target, target.weights] : [target]));

/** What a loss judges, and how. */
export interface Judging {
  readonly loss: Loss;
  /** Of the output that it judges. */
  readonly shape: readonly number[];
}

/** Targets of a batch in the order of the losses. @throws ArgumentError naming the label that is no class; ShapeError, DtypeError */
export function targetsOf(judging: readonly Judging[], y: Batch['y']): FedTarget[] {
  const wanted = judging.filter(({ loss }) => !loss.computed).length;
  const all = judging.length === 1 && wanted === 1 ? [y as Target] : listOf(y);
  if (all?.length !== wanted) {
    const got = all ? String(all.length) : typeName(y);
    const what = wanted === judging.length ? 'each loss' : 'each loss whose target the network does not compute';
    wrong('y', `${wanted} targets, one for ${what}`, got);
  }
  let at = 0;
  return judging.map((one) => {
    if (one.loss.computed) return computedTarget(one.shape);
    const place = judging.length === 1 ? 'y' : `y[${at}]`;
    return fed(place, all[at++]!, one);
  });
}

/** Its loss is a mean over examples, as far as is known here. */
const computedTarget = ([n = 1]: readonly number[]): FedTarget => ({ shape: [0], data: new Float32Array(), labels: undefined, counted: n, amount: n, weights: undefined, computed: true });

const listOf = (y: Batch['y']): readonly Target[] | undefined => (Array.isArray(y) ? (y as readonly Target[]) : undefined);

function fed(place: string, target: Target, judging: Judging): FedTarget {
  const { loss, shape } = judging;
  const [n = 1, classes = 1] = shape;
  if ('weighted' in loss && loss.weighted) return fedWeighted(place, target, judging);
  const wanted = targetShape(loss, shape, place);
  const weights = undefined;
  if (takesClasses(loss)) {
    const { data } = asNumbers(place, target, wanted, classesBelow(classes));
    const labels = labelsOf(place, data, classes, loss.ignoreIndex);
    return { shape: wanted, data: new Float32Array(labels), labels, weights, ...weighed(labels, loss.kind === 'crossEntropy' ? loss.classWeights : undefined) };
  }
  if (loss.kind === 'softCrossEntropy' && shape.length === 2 && isIndices(target, n)) {
    const labels = labelsOf(place, asNumbers(place, target, [n], classesBelow(classes)).data, classes, undefined);
    return { shape, data: oneHot(labels, classes), labels, weights, counted: n, amount: n };
  }
  const numbers = asNumbers(place, target, shape);
  expectFinite(place, numbers);
  return { ...numbers, labels: undefined, weights, counted: n, amount: n };
}

/** A target that carries weights: taken apart. */
function fedWeighted(place: string, target: Target, { loss, shape }: Judging): FedTarget {
  const [n = 1, classes = 1] = shape;
  const wanted = targetShape(loss, shape, place);
  // The numbers of a box are followed by its weight; others come first, all weights behind them.
  const boxes = loss.kind === 'boxIou' ? boxesIn(loss, shape, place) : undefined;
  const given = asNumbers(place, target, boxes === undefined ? [n, 2, ...wanted.slice(1)] : shape.with(boxes, 5));
  expectFinite(place, given);
  const [data, of] = apart(given, boxes ?? 1, boxes === undefined ? 1 : 4);
  const negative = of.findIndex((weight) => weight < 0);
  if (negative >= 0) wrong(place, 'weights from 0 on', `${of[negative]} for element ${negative}`);
  const weights = { shape: boxes === undefined ? wanted : shape.toSpliced(boxes, 1), data: of };
  const divided = 'divisor' in loss && loss.divisor !== undefined;
  const amount = divided ? n : of.reduce((total, weight) => total + weight, 0);
  if (loss.kind !== 'crossEntropy') return { shape: wanted, data, labels: undefined, weights, counted: n, amount };
  const labels = labelsOf(place, data, classes, loss.ignoreIndex).map((label, i) => (of[i] === 0 ? IGNORED : label));
  const counting = weighed(labels, loss.classWeights, of);
  return { shape: wanted, data: new Float32Array(labels), labels, weights, ...counting, amount: divided ? n : counting.amount };
}

/** The first of the numbers along an axis, and the one behind them. */
function apart({ shape, data }: Numbers, axis: number, first: number): [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>] {
  const inner = count(shape.slice(axis + 1));
  const outer = count(shape.slice(0, axis));
  const [numbers, others] = [new Float32Array(outer * first * inner), new Float32Array(outer * inner)];
  for (let i = 0; i < outer; i++) {
    const from = i * (first + 1) * inner;
    numbers.set(data.subarray(from, from + first * inner), i * first * inner);
    others.set(data.subarray(from + first * inner, from + (first + 1) * inner), i * inner);
  }
  return [numbers, others];
}

/** Whether a target is one class for each example, where probabilities could be given as well. */
function isIndices(target: Target, n: number): boolean {
  if (isTensor(target)) return Array.isArray(target.shape) && target.shape.length === 1;
  return isNumbers(target) && target.length === n;
}

function oneHot(labels: Int32Array, classes: number): Float32Array {
  const data = new Float32Array(labels.length * classes);
  labels.forEach((label, i) => (data[i * classes + label] = 1));
  return data;
}

function weighed(labels: Int32Array, classes: readonly number[] | undefined, each?: Float32Array): Pick<FedTarget, 'counted' | 'amount'> {
  let [counted, amount] = [0, 0];
  labels.forEach((label, i) => {
    if (label === IGNORED) return;
    counted++;
    amount += (classes?.[label] ?? 1) * (each?.[i] ?? 1);
  });
  return { counted, amount };
}

const classesBelow = (classes: number): string => `a class from 0 to ${classes - 1}`;

/**
 * The numbers of a target.
 * @param wanted - the shape that a tensor has, dimensions of 1 after the first left aside; of lists and arrays the length follows from it
 * @param each - what each number of a list is, for errors
 */
function asNumbers(place: string, target: Target, wanted: readonly number[], each = 'a number'): Numbers {
  const tensor = isTensor(target);
  if (!tensor && !isNumbers(target)) {
    const got = showValue(target);
    wrong(place, 'class indices or a tensor', got);
  }
  const data = tensor ? dataOf(place, target) : Array.isArray(target) ? listed(place, target, each) : asData(target, place)!;
  const fits = tensor ? sameShape(target.shape, wanted) : data.length === wanted.reduce((product, dim) => product * dim, 1);
  if (fits) return { shape: wanted, data: floatsOf(data) };
  wrong(place, showShape(wanted), tensor ? showShape(target.shape) : `[${data.length}]`, { as: ShapeError });
}

const isNumbers = (target: unknown): target is ArrayLike<number | bigint> => Array.isArray(target) || arrayKind(target) !== undefined;

/** A list of numbers. @throws ArgumentError naming the element that is none */
function listed(place: string, list: readonly unknown[], each: string): readonly number[] {
  for (let at = 0; at < list.length; at++) {
    const one = list[at];
    if (typeof one === 'number') continue;
    const names = typeof one === 'string' ? 'step takes the number of a class, not its name' : undefined;
    wrong(`${place}[${at}]`, each, showValue(one), { hint: Array.isArray(one) ? 'tensor(y) makes a tensor of lists in lists' : names });
  }
  return list as readonly number[];
}

/** Whether the elements of both are the same in the same order: [N] and [N, 1], [N, H, W] and [N, 1, H, W] are. */
function sameShape([n, ...shape]: readonly number[], [wanted, ...rest]: readonly number[]): boolean {
  const long = (dims: readonly number[]): string => showShape(dims.filter((dim) => dim !== 1));
  return n === wanted && long(shape) === long(rest);
}

/** Without a call for each element where there is a faster way: classes of pixels are many. */
function floatsOf(data: ArrayLike<number | bigint>): Float32Array {
  if (data instanceof Float32Array) return data;
  return typeof data[0] === 'number' ? new Float32Array(data as ArrayLike<number>) : Float32Array.from(data, Number);
}

function labelsOf(place: string, numbers: Float32Array, classes: number, ignored: number | undefined): Int32Array {
  const labels = new Int32Array(numbers.length);
  for (let at = 0; at < numbers.length; at++) {
    const label = numbers[at]!;
    if (label === ignored) labels[at] = IGNORED;
    else if (Number.isInteger(label) && label >= 0 && label < classes) labels[at] = label;
    else wrong(`${place}[${at}]`, classesBelow(classes), String(label));
  }
  return labels;
}
