import { size } from '../form/tensors.js';
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

/** What is known at some place of a graph. What the model's constants make known is shared by all places. */
export class Facts {
  private constructor(
    private readonly constants: ReadonlyMap<string, Known>,
    private readonly own: Map<string, Known>,
    /** Elements of the constants. */
    readonly stored: number,
  ) {}

  static of(constants: ReadonlyMap<string, Known>): Facts {
    return new Facts(constants, new Map(), [...constants.values()].reduce((sum, { shape }) => sum + size(shape), 0));
  }

  get(name: string): Known | undefined {
    return this.own.get(name) ?? this.constants.get(name);
  }

  set(name: string, known: Known): void {
    this.own.set(name, known);
  }

  /** A copy to go on with, without what nobody reads. */
  fork(isRead: (name: string) => boolean = () => true): Facts {
    return new Facts(this.constants, new Map([...this.own].filter(([name]) => isRead(name))), this.stored);
  }
}
