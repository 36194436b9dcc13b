/** Gradients of random graphs, against central differences of the same graph in float64. More of them: RECEPTIVE_GRAPHS=5000. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { product } from '../support/reference.js';
import { openTrain, TRAIN_VARIANTS } from '../support/train.js';
import { derivative, directionsOf, inEngine, largestOnTheWay, pointOf, weighed } from './differences.js';
import type { At } from './differences.js';
import { Dice, Drawing } from './drawn-graph.js';
import { GROWS, KINDS } from './drawn-layers.js';

const RUNS = Number(process.env['RECEPTIVE_GRAPHS'] ?? 200);
const SEEDED = process.env['RECEPTIVE_GRAPHS'] === undefined ? { seed: 1 } : {};
const engines = TRAIN_VARIANTS.map((variant) => [variant, openTrain(variant)] as const);

interface Spec {
  readonly training: boolean;
  readonly shape: readonly number[];
  /** Inputs are drawn from -scale to scale: up to where activations bend. */
  readonly scale: number;
  readonly grows: readonly (readonly [kind: number, seed: number])[];
  readonly seed: number;
}

const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });

const SPEC: fc.Arbitrary<Spec> = fc.record({
  training: fc.boolean(),
  shape: fc.oneof({ weight: 6, arbitrary: fc.tuple(upTo(3), fc.constantFrom(1, 2, 3, 4, 6, 8), upTo(9), upTo(9)) }, { weight: 1, arbitrary: fc.tuple(upTo(5), upTo(40)) }),
  scale: fc.constantFrom(1, 2, 4),
  grows: fc.array(fc.tuple(fc.nat(GROWS.length - 1), fc.nat(1e6)), { minLength: 1, maxLength: 6 }),
  seed: fc.nat(1e6),
});

function drawn({ training, shape, scale, grows }: Spec): Drawing {
  const drawing = new Drawing(training, scale);
  drawing.input(shape);
  for (const [kind, seed] of grows) GROWS[kind]!(drawing, new Dice(seed));
  return drawing;
}

const ROUNDING = 2 ** -24;

/** Rounding errors of sums of up to so many terms, in units of the largest: those of a layer, and a sum's, which grow as its root. */
const unitsOf = ({ values }: Drawing, shape: (id: number) => readonly number[]): number => ROUNDING * (8 + 2 * Math.sqrt(Math.max(...values.map((_, id) => product(shape(id))))));

const largestOf = (numbers: Iterable<number>): number => [...numbers].reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** What a run has come across. */
const seen = { graphs: 0, without: 0, compared: 0, leftOut: 0, kinds: new Set<string>(), inputs: 0, outputs: 0, usedTwice: 0 };

function note({ drawing, upstream, ports }: At): void {
  seen.graphs++;
  for (const { kind } of drawing.nodes) seen.kinds.add(kind);
  const operands = drawing.nodes.flatMap((node) => node.operands);
  seen.usedTwice += Number(new Set(operands).size < operands.length);
  seen.inputs += Number(ports.filter(({ name }) => name.startsWith('x')).length > 1);
  seen.outputs += Number(upstream.size > 1);
}

/** What differs; empty where nothing does. */
function differences(at: At, seed: number): string[] {
  const { drawing } = at;
  const found: string[] = [];
  const units = unitsOf(drawing, (id) => drawing.shape(id));
  const { branches, values } = weighed(at, at.numbers);
  const answers = engines.map(([variant, engine]) => ({ variant, ...inEngine(engine, at) }));
  for (const { variant, outputs } of answers) for (const id of at.upstream.keys()) {
    const [got, expected] = [outputs.get(`y${id}`)!, values[id]!];
    if (got.shape.join() !== expected.shape.join()) found.push(`${variant} y${id}: shape ${got.shape.join()}, expected ${expected.shape.join()}`);
    const tolerance = units * Math.max(1, largestOf(expected.data));
    const off = got.data.findIndex((value, i) => !(Math.abs(value - expected.data[i]!) <= tolerance));
    if (off >= 0) found.push(`${variant} y${id}[${off}]: ${got.data[off]}, expected ${expected.data[off]}`);
  }
  const dice = new Dice(seed);
  let size = largestOf(answers.flatMap(({ gradients }) => [...gradients.values()].flatMap(({ data }) => [...data])));
  let way: number | undefined;
  for (const port of at.ports) for (const direction of directionsOf(port, dice)) {
    const expected = derivative(at, port.name, direction, branches);
    if (expected === undefined) {
      seen.leftOut++;
      continue;
    }
    seen.compared++;
    for (const { variant, gradients } of answers) {
      const gradient = gradients.get(port.name)!.data;
      const terms = direction.map((d, i) => d * gradient[i]!);
      const difference = Math.abs(terms.reduce((a, b) => a + b) - expected);
      const fits = (): boolean => difference <= units * Math.max(size, terms.reduce((sum, term) => sum + Math.abs(term), 0));
      if (fits()) continue;
      // What came from behind may have been larger than what is left of it.
      way ??= largestOnTheWay(at, dice);
      size = Math.max(size, way);
      if (!fits()) found.push(`${variant} ${port.name}: off by ${difference} from ${expected}; gradients up to ${size}`);
    }
  }
  return found;
}

const shown = ({ nodes, shape }: { readonly nodes: Drawing['nodes']; readonly shape: (id: number) => readonly number[] }): string =>
  nodes.map(({ kind, operands }, id) => `${id} ${kind}(${operands.join()}) [${shape(id).join()}]`).join('; ');

test(`${RUNS} random graphs have the gradients of differences`, () => {
  fc.assert(fc.property(SPEC, (spec) => {
    const drawing = drawn(spec);
    const at = pointOf(engines[0]![1], drawing, spec.seed);
    seen.without += Number(!at);
    fc.pre(at !== undefined);
    note(at);
    const found = differences(at, spec.seed);
    if (found.length > 0) throw new Error(`${shown({ nodes: drawing.nodes, shape: (id) => drawing.shape(id) })}\n${found.slice(0, 5).join('\n')}`);
  }), { numRuns: RUNS, ...SEEDED });
});

test('they have every layer, values used twice, several inputs and outputs, and hardly a point is left out', () => {
  expect([...seen.kinds].sort()).toEqual([...KINDS, 'input'].sort());
  expect(Math.min(seen.inputs, seen.outputs, seen.usedTwice)).toBeGreaterThanOrEqual(RUNS / 20);
  expect(seen.graphs).toBe(RUNS);
  expect(seen.without).toBeLessThanOrEqual(RUNS / 10);
  expect(seen.compared).toBeGreaterThan(10 * RUNS);
  expect(seen.leftOut).toBeLessThanOrEqual(seen.compared / 100);
});
