import { EngineError, UnsupportedError } from '../base/errors.js';
import type { AnyTensor } from '../tensor/tensor.js';
import { showShape, showValue } from '../base/show.js';
import type { Runnable } from '../session/runnable.js';
import { wrong } from '../base/wrong.js';

/**
 * What a model's numbers are, and so what makes probabilities of them: `softmax` of raw scores of classes that exclude each other,
 * `sigmoid` of raw scores of classes that do not, nothing (`none`) where they are probabilities already.
 */
export type Scores = 'softmax' | 'sigmoid' | 'none';

/** Probabilities of the classes, by index, and what they were made by. */
export interface Probabilities {
  readonly values: Float64Array;
  readonly scores: Scores;
}

const SCORES: readonly unknown[] = ['softmax', 'sigmoid', 'none'] satisfies Scores[];

export function isScores(value: unknown): value is Scores | undefined {
  return value === undefined || SCORES.includes(value);
}

/** @throws ArgumentError for anything else */
export function checkScores(value: unknown): Scores | undefined {
  return isScores(value) ? value : wrong('scores', SCORES.join(', '), showValue(value));
}

/**
 * What the first output says of one image.
 * @param asked - what the numbers are. Default: what the graph ends in; a raw score that is alone is that of a sigmoid
 * @throws UnsupportedError for outputs of another form than one score a class, or where the graph does not tell what they are;
 *   EngineError for scores that are not finite; ArgumentError where the numbers are not what was asked
 */
export function toProbabilities(session: Runnable, outputs: Readonly<Record<string, AnyTensor>>, asked: Scores | undefined): Probabilities {
  const name = session.outputs[0]?.name ?? '';
  const values = classScores(name, outputs[name]);
  const scores = asked ?? found(session, name, values.length);
  if (scores === 'none') return { values: expectProbabilities(values), scores };
  if (scores === 'sigmoid') return { values: values.map((score) => 1 / (1 + Math.exp(-score))), scores };
  if (values.length > 1) return { values: softmax(values), scores };
  return wrong('scores', 'sigmoid or none for a model of one output (its softmax is always 1)', showValue(scores));
}

function classScores(name: string, output: AnyTensor | undefined): Float64Array {
  const values = Float64Array.from(output?.data ?? [], Number);
  expectFinite(name, values);
  if (output?.dtype.startsWith('float') && values.length > 0 && values.length === Math.max(1, ...output.shape)) return values;
  return refuse('one score a class, floats [1, classes]', output ? `${name}, ${output.dtype} ${showShape(output.shape)}` : 'none', name);
}

/** A class may be impossible, but not all of them. */
function expectFinite(name: string, values: Float64Array): void {
  const impossible = values.every((score) => score === -Infinity);
  const bad = values.findIndex((score) => impossible || Number.isNaN(score) || score === Infinity);
  if (bad < 0) return;
  wrong(name, 'finite scores', `${values[bad]} as the score of class ${bad}`, { as: EngineError, hint: 'check the weights, and that preprocessing is what the model was trained with' });
}

function found({ ending }: Runnable, name: string, classes: number): Scores {
  if (ending === 'raw') return classes > 1 ? 'softmax' : 'sigmoid';
  if (ending !== 'unclear') return 'none';
  return refuse('raw scores or probabilities', `${name}, computed of probabilities`, name, 'say what it is by the option scores, or use run()');
}

function refuse(expected: string, got: string, place: string, hint = 'use run()'): never {
  wrong(`classify: ${place}`, `an output of ${expected}`, got, { as: UnsupportedError, hint });
}

/** Rounding, and scales of quantised numbers, lead this far out of 0 to 1. */
const SLACK = 0.01;

function expectProbabilities(values: Float64Array): Float64Array {
  const bad = values.find((value) => !(value >= -SLACK && value <= 1 + SLACK));
  return bad === undefined ? values : wrong('scores', 'softmax or sigmoid for numbers that are not from 0 to 1', `none, and a number of ${bad}`);
}

/** In f64, and after subtracting the largest, so that nothing overflows. */
export function softmax(scores: Float64Array): Float64Array {
  const largest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
