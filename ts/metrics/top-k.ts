import { ShapeError } from '../base/errors.js';
import { showShape, showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import type { Tensor } from '../tensor/tensor.js';

/** Counts how often the class is among the first k that were named. */
export class TopK {
  private readonly right: number[];
  private examples = 0;

  /** @internal */
  constructor(private readonly ks: readonly number[]) {
    this.right = ks.map(() => 0);
  }

  /** Examples that were added. */
  get count(): number {
    return this.examples;
  }

  /**
   * Adds an example.
   * @param truth - its class
   * @param named - classes, likeliest first: at least as many as the largest k, or all there are
   * @throws ArgumentError for a truth that is no whole number from 0 on
   */
  add(truth: number, named: ArrayLike<number>): void {
    if (!(Number.isSafeInteger(truth) && truth >= 0)) wrong('add: truth', 'a class from 0 on', showValue(truth));
    const at = Array.prototype.indexOf.call(named, truth);
    this.examples++;
    this.ks.forEach((k, i) => {
      if (at >= 0 && at < k) this.right[i]!++;
    });
  }

  /**
   * Adds a batch.
   * @param truths - of each example its class
   * @param scores - [N, classes]; of equal scores the lower class is named first
   * @throws ShapeError for scores of another shape; ArgumentError for a score that is not a number, or a truth that is no class: then none is added
   */
  addScores(truths: ArrayLike<number>, scores: Tensor | Tensor<'float64'>): void {
    const [n, classes = 0] = scores.shape;
    if (scores.shape.length !== 2 || n !== truths.length) wrong('scores', `[${truths.length}, classes]`, showShape(scores.shape), { as: ShapeError });
    const rows = Array.from(truths, (truth, i) => {
      if (!(Number.isSafeInteger(truth) && truth >= 0 && truth < classes)) wrong(`truths: element ${i}`, `a class from 0 to ${classes - 1}`, showValue(truth));
      const row = scores.data.subarray(i * classes, (i + 1) * classes);
      if (row.some(Number.isNaN)) wrong(`scores: row ${i}`, 'numbers', 'NaN');
      return { truth, named: Array.from(row.keys()).sort((a, b) => row[b]! - row[a]! || a - b).slice(0, Math.max(...this.ks)) };
    });
    for (const { truth, named } of rows) this.add(truth, named);
  }

  /** For each k the part of the examples, 0 to 1, whose class was among the first k; undefined without examples. */
  result(): readonly (number | undefined)[] {
    return this.right.map((right) => (this.examples === 0 ? undefined : right / this.examples));
  }
}

/**
 * Top-1, top-5 ...: torchmetrics' `MulticlassAccuracy(top_k=k, average='micro')`.
 * @param ks - Default 1 and 5.
 * @throws ArgumentError for what is no list of whole numbers from 1 on
 */
export function topK(ks: readonly number[] = [1, 5]): TopK {
  const list: readonly number[] = Array.isArray(ks) ? Array.from<number>(ks) : [];
  if (list.length === 0 || !list.every((k) => Number.isSafeInteger(k) && k >= 1)) wrong('topK', 'whole numbers from 1 on', showValue(ks));
  return new TopK(list);
}
