import { FormatError, ShapeError } from '../../../base/errors.js';
import { failure, wrong } from '../../../base/wrong.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor, OnnxDtype } from '../../form/types.js';
import { wideSum } from './matmul.js';
import { required } from '../lib/op.js';
import type { Compute, HostOps } from '../lib/op.js';
import { stridesOf } from '../../../tensor/shape.js';
import { walk } from '../lib/walk.js';
import { isFloat, rounded, wrapped } from '../lib/types.js';

/** An operand and the label of each of its dimensions. */
interface Labelled {
  readonly tensor: HostTensor;
  readonly labels: readonly string[];
}

/** Sizes by label. */
type Sizes = ReadonlyMap<string, number>;

function wrongEquation(equation: string, why: string): FormatError {
  return failure('equation', `${why}`, equation, { as: FormatError });
}

/** The letters of a term before and behind its `...`; no second part where it has none. */
function splitTerm(term: string, equation: string): readonly string[] {
  const parts = term.split('...');
  if (parts.length <= 2 && parts.every((part) => /^[A-Za-z]*$/.test(part))) return parts;
  throw wrongEquation(equation, `"${term}" is no list of letters`);
}

/** The labels of an operand's dimensions; those that `...` stands for count from the end: '.0' is the last of them. */
function labelsOf(term: string, rank: number, equation: string): string[] {
  const [front = '', back] = splitTerm(term, equation);
  const hidden = rank - front.length - (back?.length ?? 0);
  if (hidden < 0 || (back === undefined && hidden > 0)) throw wrongEquation(equation, `"${term}" does not name ${rank} dimensions`);
  return [...front, ...Array.from({ length: hidden }, (_, i) => `.${hidden - 1 - i}`), ...(back ?? '')];
}

/** The labels that `...` stands for in the result: those of the operand that has most of them. */
function hiddenOf(all: readonly string[]): string[] {
  return [...new Set(all.filter((label) => label.startsWith('.')))].sort((a, b) => Number(b.slice(1)) - Number(a.slice(1)));
}

/** Labels of the result where the equation does not say: those that appear once, in alphabetical order, behind the `...`. */
function implied(all: readonly string[]): string[] {
  const times = new Map<string, number>();
  for (const label of all) times.set(label, (times.get(label) ?? 0) + 1);
  return [...hiddenOf(all), ...all.filter((label) => !label.startsWith('.') && times.get(label) === 1).sort()];
}

function resultLabels(right: string | undefined, all: readonly string[], equation: string): readonly string[] {
  if (right === undefined) return implied(all);
  const [front = '', back] = splitTerm(right, equation);
  const labels = [...front, ...(back === undefined ? [] : hiddenOf(all)), ...(back ?? '')];
  if (new Set(labels).size !== labels.length) throw wrongEquation(equation, 'the result has a letter twice');
  if (labels.every((label) => all.includes(label))) return labels;
  throw wrongEquation(equation, 'the result has a letter that no operand has');
}

/** Dimensions of the same label are equal, or 1. */
function sizesOf(operands: readonly Labelled[], equation: string): Sizes {
  const sizes = new Map<string, number>();
  for (const { tensor, labels } of operands) {
    labels.forEach((label, axis) => {
      const [known, dim] = [sizes.get(label) ?? 1, tensor.shape[axis]!];
      if (known !== 1 && dim !== 1 && known !== dim) wrong('equation', `one size for ${label} of ${equation}`, `${known} and ${dim}`, { as: ShapeError });
      sizes.set(label, known === 1 ? dim : known);
    });
  }
  return sizes;
}

/**
 * A sum over all labels that the result does not have of the product of the operands. They are multiplied one after the
 * other, and a label is summed over as soon as no operand that follows and not the result has it.
 */
const einsum: Compute = (context) => {
  const equation = context.attributes.string('equation').replaceAll(/\s/g, '');
  const [left = '', right, ...more] = equation.split('->');
  const terms = left.split(',');
  if (more.length > 0) throw wrongEquation(equation, 'there is more than one ->');
  if (terms.length !== context.inputs.length) throw wrongEquation(equation, `${terms.length} operands are named, there are ${context.inputs.length}`);
  const operands = terms.map((term, i): Labelled => {
    const tensor = required(context, i);
    return { tensor, labels: labelsOf(term, tensor.shape.length, equation) };
  });
  const result = resultLabels(right, operands.flatMap(({ labels }) => labels), equation);
  const sizes = sizesOf(operands, equation);
  const { dtype } = required(context, 0);
  const between = isFloat(dtype) ? 'float64' : dtype;
  const last = operands.length - 1;
  let product: Labelled | undefined;
  for (const [i, operand] of operands.entries()) {
    const others = [...result, ...operands.slice(i + 1).flatMap(({ labels }) => labels)];
    // What only this operand has is summed over first: the product then costs no more than it must.
    const own = i < last || product ? contract([operand], [...others, ...(product?.labels ?? [])], sizes, between) : operand;
    const factors = product ? [product, own] : [own];
    product = i === last ? inOrder(factors, result, sizes, dtype) : contract(factors, others, sizes, between);
  }
  return product ? [product.tensor] : [];
};

/** The product, summed over the labels that are not among those `kept`. */
function contract(factors: readonly Labelled[], kept: readonly string[], sizes: Sizes, dtype: OnnxDtype): Labelled {
  return inOrder(factors, [...new Set(factors.flatMap(({ labels }) => labels))].filter((label) => kept.includes(label)), sizes, dtype);
}

/** The product with just these labels, in this order. */
function inOrder(factors: readonly Labelled[], kept: readonly string[], sizes: Sizes, dtype: OnnxDtype): Labelled {
  const summed = [...new Set(factors.flatMap(({ labels }) => labels))].filter((label) => !kept.includes(label));
  const shape = kept.map((label) => sizes.get(label) ?? 1);
  const data = allocate(dtype, size(shape));
  const [first, second] = [factors[0]!, factors[1]];
  const terms = summed.map((label) => sizes.get(label) ?? 1);
  const count = data.length === 0 ? 0 : size(terms);
  const offsets = factors.map(() => allocate('float64', count));
  if (count > 0) walk(terms, factors.map((factor) => stridesBy(factor, summed)), (i, at) => offsets.forEach((list, f) => (list[i] = at[f]!)));
  const [p, q] = [offsets[0]!, offsets[1]];
  const add = wideSum(dtype) ?? ((sum, x, y): number => sum + x * y);
  if (data.length > 0) {
    walk(shape, factors.map((factor) => stridesBy(factor, kept)), (index, [a, b]) => {
      let sum = 0;
      for (let i = 0; i < count; i++) sum = add(sum, first.tensor.data[a! + p[i]!]!, second && q ? second.tensor.data[b! + q[i]!]! : 1);
      data[index] = wrapped(dtype, sum);
    });
  }
  return { tensor: rounded({ dtype, shape, data }), labels: kept };
}

/** Elements from one index of each label to the next. A label that an operand has twice is its diagonal: both strides at once. */
function stridesBy({ tensor: { shape }, labels }: Labelled, names: readonly string[]): number[] {
  const own = stridesOf(shape);
  return names.map((name) => labels.reduce((sum, label, axis) => (label === name && shape[axis] !== 1 ? sum + own[axis]! : sum), 0));
}

export const einsumOps: HostOps = { Einsum: einsum };
