import type { Op } from '../../graph/op.js';
import type { Attributes } from './attributes.js';
import type { Constant, HostTensor, OnnxDtype } from './types.js';

/** A value in the graph that the engine will run. */
export type ValueId = number;

/** What a lowering sees of a node whose inputs all have known shapes and are floats, but for those that it takes as whole numbers. */
export interface LowerContext {
  readonly opset: number;
  readonly attributes: Attributes;
  /** Outputs that the node has a name for, read or not. */
  readonly outputCount: number;
  /** Outputs that the node lists, with or without a name. */
  readonly outputPlaces: number;
  /** Whether an optional input is there. */
  has(input: number): boolean;
  shape(input: number): readonly number[];
  dtype(input: number): OnnxDtype;
  /**
   * Whether an input holds indices of an axis of so many elements: constant ones are looked at, those from outside of the engine when it
   * runs, which then refuses others. Undefined for what the engine computes itself.
   */
  indexes(input: number, length: number): true | undefined;
  /** An input whose numbers do not depend on what the model is given. */
  constant(input: number): Constant | undefined;
  /** Whether a constant input is the same for inputs of all sizes: only such are kept in the engine. */
  lasts(input: number): boolean;
  /** An input as a value; a constant becomes one that is there before the run. */
  value(input: number): ValueId;
  /** A constant input as a parameter of an operator, under another shape if one is given. */
  param(input: number, shape?: readonly number[]): string;
  /** A parameter made here when it is read. `what` tells it from others of the same node. */
  derived(what: string, shape: readonly number[], make: () => HostTensor): string;
  /** The shape of a value. */
  shapeOf(value: ValueId): readonly number[];
  /** Adds an operator; its one result. */
  apply(op: Op, inputs: readonly ValueId[], params?: Readonly<Record<string, string>>): ValueId;
}

/** A node as operators of the engine: its results, or undefined where the engine cannot compute it. */
export interface Lowering {
  (context: LowerContext): readonly ValueId[] | undefined;
  /** Types that an input may have beside floats: as floats the engine has whole numbers up to 2^24, and truth as 1 and 0. */
  readonly others?: Readonly<Record<number, readonly OnnxDtype[]>>;
  /** The type of its results, where they are no floats. */
  readonly result?: OnnxDtype;
}

/** A lowering of inputs or to results that are no floats. */
export function typed(lower: Lowering, types: Pick<Lowering, 'others' | 'result'>): Lowering {
  return Object.assign((context: LowerContext) => lower(context), types);
}

/** Whether the engine computes in it: 16-bit floats as 32-bit ones. */
export function isFloat(dtype: OnnxDtype): boolean {
  return dtype === 'float32' || dtype === 'float16';
}

export type Lowerings = Readonly<Record<string, Lowering>>;

/** Whether an optional input is either constant or left out. */
export function constantIfThere(context: LowerContext, input: number): boolean {
  return !context.has(input) || context.constant(input) !== undefined;
}

/** The parameters of an operator with a constant weight as input 1, and perhaps a bias as input 2. */
export function weightAndBias(context: LowerContext): Record<string, string> {
  return { weight: context.param(1), ...(context.has(2) && { bias: context.param(2) }) };
}
