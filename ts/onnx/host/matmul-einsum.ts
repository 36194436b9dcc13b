import { FormatError, ShapeError } from '../../errors.js';
import { allocate, size } from '../tensors.js';
import type { HostTensor } from '../types.js';
import { required } from './op.js';
import type { HostOp, HostOps } from './op.js';
import { stridesOf, walk } from './shapes.js';
import { rounded } from './types.js';

/** The labels of an operand's dimensions; those that `...` stands for count from the end: '.0' is the last of them. */
function labelsOf(term: string, rank: number): string[] {
  const letters = term.replace('...', '');
  if (!/^[A-Za-z]*$/.test(letters) || (!term.includes('...') && letters.length !== rank) || letters.length > rank) {
    throw new FormatError(`equation: ${term} does not name ${rank} dimensions`, { place: 'equation', got: term });
  }
  const hidden = Array.from({ length: rank - letters.length }, (_, i) => `.${rank - letters.length - 1 - i}`);
  const at = term.includes('...') ? term.indexOf('...') : letters.length;
  return [...letters.slice(0, at), ...hidden, ...letters.slice(at)];
}

/** Labels of the result where the equation does not say: those that appear once, in alphabetical order, behind the `...`. */
function implied(all: readonly string[]): string[] {
  const letters = all.filter((label) => !label.startsWith('.'));
  const once = letters.filter((label) => letters.filter((other) => other === label).length === 1);
  return [...hiddenOf(all), ...once.sort()];
}

function hiddenOf(all: readonly string[]): string[] {
  return [...new Set(all.filter((label) => label.startsWith('.')))].sort((a, b) => Number(b.slice(1)) - Number(a.slice(1)));
}

/** A sum over all labels that the result does not have of the product of the operands. */
const einsum: HostOp = (context) => {
  const operands = context.inputs.map((_, i) => required(context, i));
  const equation = context.attributes.string('equation').replaceAll(/\s/g, '');
  const [left = '', right] = equation.split('->');
  const terms = left.split(',');
  if (terms.length !== operands.length) throw new FormatError(`equation: ${equation} is for ${terms.length} operands, there are ${operands.length}`);
  const labels = terms.map((term, i) => labelsOf(term, operands[i]!.shape.length));
  const sizes = new Map<string, number>();
  labels.forEach((names, i) => names.forEach((name, axis) => agree(sizes, name, operands[i]!.shape[axis]!)));
  const all = labels.flat();
  const hidden = hiddenOf(all);
  const kept = right === undefined ? implied(all) : right.includes('...') ? [...right.slice(0, right.indexOf('...')), ...hidden, ...right.slice(right.indexOf('...') + 3)] : [...right];
  const summed = [...new Set(all)].filter((label) => !kept.includes(label));
  return [contract(operands, labels, kept, summed, sizes)];
};

function agree(sizes: Map<string, number>, label: string, size: number): void {
  const known = sizes.get(label) ?? 1;
  if (known !== 1 && size !== 1 && known !== size) throw new ShapeError(`equation: ${label} is both ${known} and ${size}`);
  sizes.set(label, Math.max(known, size));
}

function contract(operands: readonly HostTensor[], labels: readonly string[][], kept: readonly string[], summed: readonly string[], sizes: ReadonlyMap<string, number>): HostTensor {
  const shapeOf = (names: readonly string[]): number[] => names.map((name) => sizes.get(name) ?? 1);
  // A label that an operand has twice is its diagonal: both strides at once.
  const strides = (names: readonly string[]): number[][] =>
    operands.map(({ shape }, i) => {
      const own = stridesOf(shape);
      return names.map((name) => labels[i]!.reduce((sum, label, axis) => (label === name && shape[axis] !== 1 ? sum + own[axis]! : sum), 0));
    });
  const shape = shapeOf(kept);
  const { dtype } = operands[0]!;
  const data = allocate(dtype, size(shape));
  const [outer, inner] = [strides(kept), strides(summed)];
  const innerShape = shapeOf(summed);
  walk(shape, outer, (index, starts) => {
    let sum = 0;
    walk(innerShape, inner, (_, offsets) => {
      let product = 1;
      for (let i = 0; i < operands.length; i++) product *= operands[i]!.data[starts[i]! + offsets[i]!]!;
      sum += product;
    });
    data[index] = sum;
  });
  return rounded({ dtype, shape, data });
}

export const einsumOps: HostOps = { Einsum: einsum };
