/** A drawn graph at a point: in the engine, and its derivatives by central differences in float64. */
import type { TrainEngine } from '../../ts/train/engine.js';
import { learns } from '../../ts/train/session.js';
import type { Numbers } from '../../ts/train/session.js';
import { vjpOf } from '../../ts/train/vjp.js';
import type { VjpAnswer as Vjp } from '../../ts/train/vjp.js';
import { product, Watch } from '../support/reference.js';
import type { Map64 } from '../support/reference.js';
import { Dice, numbersOf } from './drawn-graph.js';
import type { Drawing, Nudge, Port } from './drawn-graph.js';

type ByName = ReadonlyMap<string, Float32Array>;

/** A drawn graph at a point. */
export interface At {
  readonly drawing: Drawing;
  /** What gradients are taken for. */
  readonly ports: readonly Port[];
  readonly numbers: ByName;
  /** Which elements a dropout leaves, by its value. */
  readonly masks: ReadonlyMap<number, readonly boolean[]>;
  /** What the outputs are weighed with, by their value. */
  readonly upstream: ReadonlyMap<number, Float32Array>;
}

/** The engine's run, with the gradients of the outputs from outside. */
export function inEngine(engine: TrainEngine, { drawing, numbers, upstream }: Pick<At, 'drawing' | 'numbers' | 'upstream'>): Vjp {
  const net = drawing.graph([...upstream.keys()]);
  const of = (ports: readonly Port[], used: readonly { readonly name: string }[]): Map<string, Numbers> => {
    const names = new Set(used.map(({ name }) => name));
    return new Map(ports.filter(({ name }) => names.has(name)).map(({ name, shape }) => [name, { shape, data: numbers.get(name)! }]));
  };
  return vjpOf(engine, net, {
    weights: of(drawing.params, net.params),
    inputs: of(drawing.inputs, net.inputs),
    upstream: new Map([...upstream].map(([id, data]) => [`y${id}`, { shape: drawing.shape(id), data }])),
    training: drawing.training,
  });
}

/** What each dropout left, as the engine shows it. Where its input is 0 the mask makes no difference. */
function masksOf(engine: TrainEngine, drawing: Drawing, outputs: readonly number[], numbers: ByName): Map<number, boolean[]> {
  if (drawing.dropouts.length === 0) return new Map();
  // Behind the outputs, so that every node keeps its place: masks are told apart by it.
  const upstream = new Map([...outputs, ...drawing.dropouts].map((id) => [id, new Float32Array(product(drawing.shape(id)))]));
  const shown = inEngine(engine, { drawing, numbers, upstream }).outputs;
  return new Map(drawing.dropouts.map((id) => [id, [...shown.get(`y${id}`)!.data].map((value) => value !== 0)]));
}

/** Nearest kink, and smallest variance to divide by: below these float32 may take another branch, or lose what it divides by. */
const [GAP, SPREAD] = [1e-4, 1e-2];

/** A point at which the graph has a derivative; none where twenty draws did not find one. */
export function pointOf(engine: TrainEngine, drawing: Drawing, seed: number): At | undefined {
  const outputs = drawing.outputs(new Dice(seed));
  if (outputs.length === 0) return undefined;
  const net = drawing.graph(outputs);
  const names = new Set([...net.inputs, ...net.params].map(({ name }) => name));
  const all = [...drawing.inputs, ...drawing.params];
  const ports = all.filter(({ name }) => names.has(name) && learns(name));
  const upstream = new Map(outputs.map((id) => [id, numbersOf({ name: '', shape: drawing.shape(id), scale: 1, offset: 0 }, seed + id)]));
  for (let attempt = 0; attempt < 20; attempt++) {
    const numbers = new Map(all.map((port, i) => [port.name, numbersOf(port, seed + 7919 * attempt + 104729 * i)]));
    const masks = masksOf(engine, drawing, outputs, numbers);
    const watch = new Watch();
    drawing.run(numbers, masks, watch);
    if (watch.gap > GAP && watch.spread > SPREAD) return { drawing, ports, numbers, masks, upstream };
  }
  return undefined;
}

interface Weighed {
  readonly sum: number;
  readonly branches: number;
  readonly values: readonly Map64[];
}

/** The sum of all outputs times what they are weighed with, and the branches that were taken. */
export function weighed({ drawing, masks, upstream }: At, numbers: ReadonlyMap<string, ArrayLike<number>>, nudge?: Nudge): Weighed {
  const watch = new Watch();
  const values = drawing.run(numbers, masks, watch, nudge);
  let sum = 0;
  for (const [id, dy] of upstream) values[id]!.data.forEach((value, i) => (sum += value * dy[i]!));
  return { sum, branches: watch.branches, values };
}

/** Half of what a difference is taken over: its error is below 1e-9 of a derivative. */
const STEP = 2 ** -17;

/** The derivative along a direction of one tensor; none where the branches are others than `branches` within the step. */
export function derivative(at: At, name: string, direction: ArrayLike<number>, branches: number): number | undefined {
  const moved = (step: number): Weighed => {
    const numbers = Float64Array.from(at.numbers.get(name)!, (value, i) => value + step * direction[i]!);
    return weighed(at, new Map<string, ArrayLike<number>>([...at.numbers, [name, numbers]]));
  };
  const [after, before] = [moved(STEP), moved(-STEP)];
  return after.branches === branches && before.branches === branches ? (after.sum - before.sum) / (2 * STEP) : undefined;
}

/** Directions along which a tensor is moved: single elements, and all at once by signs. */
export function directionsOf({ shape }: Port, dice: Dice): number[][] {
  const length = product(shape);
  const elements = length <= 6 ? Array.from({ length }, (_, i) => i) : Array.from({ length: 6 }, () => dice.below(length));
  const all = Array.from({ length }, () => (dice.once(2) ? 1 : -1));
  return [...elements.map((at) => Array.from({ length }, (_, i) => Number(i === at))), all];
}

/** The largest derivative for elements of any value, some of each: gradients of inputs and parameters are sums of such. */
export function largestOnTheWay(at: At, dice: Dice): number {
  const slopes = at.drawing.values.flatMap((_, value) => [0, 1, 2, 3].map(() => {
    const place = dice.below(product(at.drawing.shape(value)));
    const sums = [STEP, -STEP].map((by) => weighed(at, at.numbers, { value, at: place, by }).sum);
    return Math.abs(sums[0]! - sums[1]!) / (2 * STEP);
  }));
  return Math.max(...slopes);
}
