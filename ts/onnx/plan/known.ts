import type { Constant, HostTensor, OnnxDtype, OnnxGraph } from '../form/types.js';

/** What is known of a value before the model runs. */
export interface Known {
  readonly dtype: OnnxDtype;
  readonly shape: readonly number[];
  /** Its numbers, where they do not depend on what the model is given. */
  readonly constant?: Constant;
  /** The constant is another one for inputs of other shapes. */
  readonly ofShapes?: boolean;
}

/** A constant that was computed. */
export function computed(tensor: HostTensor): Constant {
  const { dtype, shape } = tensor;
  return { dtype, shape, source: undefined, tensor: () => tensor };
}

/** What the initializers of a graph make known. */
export function knownConstants({ initializers }: Pick<OnnxGraph, 'initializers'>): Map<string, Known> {
  return new Map([...initializers].map(([name, constant]) => [name, { dtype: constant.dtype, shape: constant.shape, constant }]));
}
