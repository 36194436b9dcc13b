import { GraphError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { inferAt } from '../graph/infer.js';
import type { Op } from '../graph/op.js';
import type { Shape } from '../tensor/shape.js';
import { showShape, showValue } from '../base/show.js';
import { currentPath } from './scope.js';

/** What a layer takes and gives: a value that will be computed, with the shape it will have. */
export interface Value {
  /** Dimensions, NCHW for maps; null while open. */
  readonly shape: Shape;
  /** Absent for an input. @internal */
  readonly made?: Made;
  /** Paths of the modules that return it. */
  readonly modules: string[];
}

/** How a value is made. */
export interface Made {
  readonly op: Op;
  readonly inputs: readonly Value[];
  /** Module path; absent for a layer that nothing names. */
  readonly path: string | undefined;
  /** The layer it comes from: called twice, it shares its parameters. */
  readonly layer: object;
  /** All that is made along with it, in the order of the operator's outputs. */
  readonly values: readonly Value[];
}

/**
 * A value to be given when the model runs.
 * @param shape - NCHW for images; null for what stays open: `input([null, 3, null, null])`
 * @throws ArgumentError for what is no list of whole numbers and nulls
 */
export function input(shape: Shape): Value {
  const dims: Shape = shape;
  const fits = Array.isArray(shape) && Array.from(shape).every((dim) => dim === null || (Number.isSafeInteger(dim) && dim >= 0));
  if (!fits) {
    wrong('input', 'a list of dimensions, null for open ones', Array.isArray(shape) ? showShape(shape) : showValue(shape));
  }
  return { shape: [...dims], modules: [] };
}

/** Whether it is what layers take and give. */
export function isValue(value: unknown): value is Value {
  if (typeof value !== 'object' || value === null) return false;
  const { shape, modules } = value as Partial<Value>;
  return Array.isArray(shape) && Array.isArray(modules);
}

/**
 * Refuses what is no value, above all the layer whose value was meant.
 * @throws GraphError naming the place
 */
export function checkValue(place: string, value: unknown): Value {
  if (isValue(value)) return value;
  const hint =
    typeof value === 'function'
      ? 'a layer gives one when it is called with one: relu()(x)'
      : 'input() makes one, and layers give one when they are called';
  wrong(place, 'a value of the graph', typeof value === 'function' ? 'a layer or function' : showValue(value), { as: GraphError, hint });
}

/** A value computed by an operator that has one output. Errors name the layer, or its type where it has no name. */
export function apply(op: Op, inputs: readonly Value[], layer: object, path = currentPath()): Value {
  const [value = { shape: [], modules: [] }] = applyAll(op, inputs, layer, path);
  return value;
}

/** All values computed by an operator, of which the first is the one that its module is known by. */
export function applyAll(op: Op, inputs: readonly Value[], layer: object, path = currentPath()): readonly Value[] {
  const name = path ?? op.type;
  for (const [i, value] of inputs.entries()) checkValue(inputs.length > 1 ? `${name}, operand ${i}` : name, value);
  const values: Value[] = [];
  const made: Made = { op, inputs, path, layer, values };
  for (const shape of inferAt({ name, op }, inputs.map((value) => value.shape))) {
    values.push({ shape, made, modules: path === undefined || values.length > 0 ? [] : [path] });
  }
  return values;
}
