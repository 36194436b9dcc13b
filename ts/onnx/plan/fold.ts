import { evaluateNode } from './evaluate.js';
import type { Scope } from './evaluate.js';
import { hostOp } from '../host/registry.js';
import { computed } from './known.js';
import type { Facts, Known } from './known.js';
import { captures } from './liveness.js';
import { TooLargeError, withLimit } from '../form/tensors.js';
import type { HostTensor, OnnxNode } from '../form/types.js';

/**
 * Elements of all constants that are computed while one leg is planned, on top of twice those that the file has: planning is
 * quick, and weights may be turned, scaled and normalised. The rest waits for the run.
 */
const MAX_FOLDED = 2 ** 22;
/** Elements of a constant that is one number many times, on top of that: weights that a file does not store are such. */
const MAX_FILLED = 2 ** 27;

/** Computes while planning what depends on constants, or on nothing but types and shapes. */
export class Folding {
  private left: number;

  constructor({ stored }: Facts) {
    this.left = MAX_FOLDED + 2 * stored;
  }

  /**
   * The results of a node, or undefined where they are not known yet.
   * @throws whatever the operator throws
   */
  fold(node: OnnxNode, inputs: readonly (Known | undefined)[], known: Facts): Known[] | undefined {
    const op = hostOp(node);
    const formOnly = (input: number): boolean => op?.formOnly?.includes(input) === true;
    const around = captures(node).map((name) => known.get(name));
    const given = inputs.every((input, i) => !input || input.constant || formOnly(i));
    if (!given || !around.every((value) => value?.constant) || !op) return undefined;
    const tensors = inputs.map((input, i) => input && (formOnly(i) ? form(input) : input.constant?.tensor()));
    const results = this.evaluate(node, tensors, (name) => known.get(name)?.constant?.tensor());
    if (!results) return undefined;
    const ofShapes =
      [...inputs, ...around].some((value) => value?.ofShapes === true) || inputs.some((input, i) => input && !input.constant && formOnly(i));
    return results.map((tensor) => ({ dtype: tensor.dtype, shape: tensor.shape, constant: computed(tensor), ofShapes }));
  }

  private evaluate(node: OnnxNode, tensors: readonly (HostTensor | undefined)[], scope: Scope): readonly HostTensor[] | undefined {
    try {
      if (hostOp(node)?.fills) return withLimit(MAX_FILLED, () => evaluateNode(node, tensors, scope));
      const results = withLimit(this.left, () => evaluateNode(node, tensors, scope));
      this.left -= made(results, tensors);
      return results;
    } catch (error) {
      if (error instanceof Error && error.cause instanceof TooLargeError) return undefined;
      throw error;
    }
  }
}

/** A tensor without its numbers. */
function form({ dtype, shape }: Known): HostTensor {
  return { dtype, shape, data: new Uint8Array(0) };
}

/** New elements: a reshaped tensor shares those it had. */
function made(results: readonly HostTensor[], inputs: readonly (HostTensor | undefined)[]): number {
  return results.filter(({ data }) => !inputs.some((input) => input?.data === data)).reduce((sum, { data }) => sum + data.length, 0);
}
