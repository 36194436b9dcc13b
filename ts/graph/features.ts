import { UnsupportedError } from '../base/errors.js';
import type { Shape } from '../tensor/shape.js';
import { wrong } from '../base/wrong.js';
import type { Graph } from './graph.js';

/**
 * What the last layer that weighs features reads: its value, and which dimension its features are in, of which the others are places of
 * an image.
 */
export interface FeatureValue<Value> {
  readonly value: Value;
  readonly features: 'second' | 'last';
  /**
   * Whether what follows the layer joins places: averages them, or takes the greatest. Where nothing does, the layer makes scores of an
   * image only if it reads a single place; of a map it makes scores of each place, as the head of a detector does.
   */
  readonly joined: boolean;
}

/** An operator on the way back from an output. */
export interface Step<Value> {
  /** How it is called in messages. */
  readonly name: string;
  /** What it reads, weights and other constants not counted. */
  readonly reads: readonly Value[];
  /** Whether it is a fully connected layer or a convolution of one pixel, whose features are in this dimension. */
  readonly weighs: FeatureValue<Value>['features'] | undefined;
  /** Whether it may stand behind a classifier: it averages, moves or bends numbers, each or each score by itself. */
  readonly passes: boolean;
  /** Whether it makes one number of those of several places. */
  readonly joins: boolean;
}

/**
 * Looks back from scores for the layer that made them.
 * @throws UnsupportedError saying what stands in the way
 */
export function lastFeatures<Value>(output: Value, stepOf: (value: Value) => Step<Value> | undefined): FeatureValue<Value> {
  const seen = new Set<Value>();
  let joined = false;
  for (let value = output; !seen.has(value);) {
    seen.add(value);
    const step = stepOf(value);
    if (!step) return refuse('the input comes before one');
    const [read, second] = step.reads;
    if (step.weighs && read !== undefined && !stepOf(read)) return refuse(`${step.name} reads the input itself`);
    if (step.weighs && read !== undefined) return { value: read, features: step.weighs, joined };
    if (!step.passes || read === undefined || second !== undefined) return refuse(`${step.name} comes before one`);
    joined ||= step.joins;
    value = read;
  }
  return refuse('there is none');
}

/** @param why - what was found in place of the layer */
export function refuse(why: string): never {
  const expected = 'a model that ends in a fully connected layer, or a convolution of one pixel, which makes scores of features';
  const hint = 'choose a value by the option outputs of load, and use run()';
  wrong('embed', expected, `${why}, seen from the first output`, { as: UnsupportedError, hint });
}

/** @throws UnsupportedError where the first output is no one score a class, or no layer makes such of features */
export function graphFeatures({ nodes, outputs, values }: Graph): FeatureValue<number> {
  const [output] = outputs;
  expectScores(values[output?.value ?? -1]?.shape);
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)));
  return lastFeatures(output?.value ?? -1, (value) => {
    const node = makers.get(value);
    if (!node) return undefined;
    const [before, after] = [node.inputs[0], node.outputs[0]].map((which) => values[which ?? -1]?.shape ?? []);
    return { name: node.name, reads: node.inputs, weighs: node.op.weighs, passes: node.op.params.length === 0, joins: numbersOf(before!) > numbersOf(after!) };
  });
}

/** Numbers of an image; of an open dimension infinitely many. */
function numbersOf(shape: Shape): number {
  return shape.slice(1).reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : Infinity), 1);
}

/** @throws UnsupportedError for a shape of more than one score a class; one that is not known passes */
export function expectScores(shape: readonly (number | string | null)[] | undefined): void {
  if (!shape || shape.length === 0 || shape.slice(2).every((dim) => dim === 1)) return;
  refuse('there are maps, or rows of several numbers');
}
