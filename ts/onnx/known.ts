import type { Constant, HostTensor, OnnxDtype } from './types.js';

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
