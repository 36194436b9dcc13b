import { DtypeError, ShapeError } from '../base/errors.js';
import { elementCount, isTensor, toData } from '../tensor/tensor.js';
import { showShape, showValue, typeName } from '../base/show.js';
import type { AnyTensor, Dtype, TensorLike } from '../tensor/tensor.js';
import { wrong } from '../base/wrong.js';

/** A named input or output; null is a dimension that is open until the run. */
export interface Port {
  /** As `run` takes and gives it. */
  readonly name: string;
  /** Element type. */
  readonly dtype: Dtype;
  /** Dimensions, NCHW for maps; null is open. */
  readonly shape: readonly (number | null)[];
  /** Whether the model does not even say how many dimensions there are; `shape` is empty then. */
  readonly anyRank?: true;
  /** Whether a dimension may be 0. */
  readonly mayBeEmpty?: true;
}

/** What `run` takes: a tensor for every input, or the tensor alone where there is one input. */
export type Inputs = Readonly<Record<string, TensorLike>> | TensorLike;

/** Input shapes by name, or the one shape of the one input. */
export type InputShapes = Readonly<Record<string, readonly number[]>> | readonly number[];

/**
 * The tensors in the order of the ports, checked one by one.
 * @throws ArgumentError for missing or unknown names, DtypeError, ShapeError naming input and axis
 */
export function checkInputs(ports: readonly Port[], inputs: Inputs): AnyTensor[] {
  const named = byName(ports, inputs);
  const known = ports.map(({ name }) => name);
  const surplus = Object.keys(named).filter((name) => !known.includes(name));
  const missing = known.filter((name) => named[name] === undefined);
  if (surplus.length > 0 || missing.length > 0) {
    const got = Object.keys(named).join(', ') || 'none';
    wrong('inputs', known.join(', '), got);
  }
  return ports.map((port) => checkInput(port, named[port.name]));
}

function byName(ports: readonly Port[], inputs: Inputs): Readonly<Record<string, unknown>> {
  const only = ports.length === 1 ? ports[0] : undefined;
  if (only && (ArrayBuffer.isView(inputs) || isTensor(inputs) || Array.isArray(inputs))) return { [only.name]: inputs };
  if (typeof inputs === 'object' && inputs !== null && !isTensor(inputs) && !ArrayBuffer.isView(inputs) && !Array.isArray(inputs)) {
    return inputs as Readonly<Record<string, unknown>>;
  }
  const expected = `an object with ${ports.map(({ name }) => name).join(', ')}`;
  wrong('inputs', expected, typeName(inputs));
}

function checkInput(port: Port, value: unknown): AnyTensor {
  const { name: place, dtype } = port;
  if (isTensor(value) && value.dtype !== dtype) {
    wrong(place, dtype, String(value.dtype), { as: DtypeError });
  }
  const data = toData(isTensor(value) ? value.data : value, dtype, place);
  const shape = isTensor(value) ? value.shape : impliedShape(port, data.length);
  checkShape(port, shape);
  const expected = elementCount(shape, place);
  if (expected !== data.length) {
    wrong(place, `${expected} elements for shape ${showShape(shape)}`, `${data.length} elements`, { as: ShapeError });
  }
  return { dtype, shape, data } as AnyTensor;
}

/** The shape of bare numbers: the port's own; one open dimension follows from their count. */
function impliedShape({ name, shape }: Port, length: number): readonly number[] {
  const open = shape.filter((dim) => dim === null).length;
  const known = shape.reduce<number>((product, dim) => product * (dim ?? 1), 1);
  if (open === 0) return shape.map((dim) => dim ?? 0);
  const rest = length / known;
  if (open === 1 && Number.isInteger(rest)) return shape.map((dim) => dim ?? rest);
  const expected = open === 1 ? `a multiple of ${known} elements for ${showShape(shape)}` : `a tensor with its shape: ${showShape(shape)} has ${open} open dimensions`;
  const got = `${length} numbers`;
  wrong(name, expected, got, { as: ShapeError });
}

/** @throws ShapeError naming the axis where a shape does not match a port */
export function checkShape({ name, shape, anyRank, mayBeEmpty }: Omit<Port, 'dtype'>, got: readonly number[]): void {
  if (anyRank && Array.isArray(got)) return;
  if (!Array.isArray(got) || got.length !== shape.length) {
    const rank = Array.isArray(got) ? `${got.length} (${showShape(got)})` : typeName(got);
    wrong(name, `${shape.length} dimensions ${showShape(shape)}`, rank, { as: ShapeError });
  }
  got.forEach((dim, axis) => {
    const wanted = shape[axis] ?? null;
    const fits = Number.isSafeInteger(dim) && dim >= (mayBeEmpty ? 0 : 1) && (wanted === null || wanted === dim);
    if (fits) return;
    const expected = wanted === null ? 'at least 1' : String(wanted);
    wrong(name, `axis ${axis} to be ${expected}`, showShape(got), { as: ShapeError });
  });
}

/** The shapes by name; values are as they were given, and not checked. @throws ArgumentError for other names than the inputs have */
export function shapesByName(ports: readonly Port[], given: InputShapes): Readonly<Record<string, number[]>> {
  if (typeof given !== 'object' || given === null) wrong('inputShapes', 'the shape of each input', showValue(given));
  const only = ports.length === 1 ? ports[0]?.name : undefined;
  const named = (Array.isArray(given) && only !== undefined ? { [only]: given } : given) as Record<string, number[]>;
  const known = ports.map(({ name }) => name);
  const got = Object.keys(named);
  if (Array.isArray(named) || got.some((name) => !known.includes(name)) || known.some((name) => named[name] === undefined)) {
    wrong('inputShapes', `the shape of each input (${known.join(', ')})`, Array.isArray(named) ? 'one shape' : got.join(', ') || 'none');
  }
  return named;
}

/** The shapes that leave no choice but the batch, or undefined. */
export function impliedShapes(ports: readonly Port[]): number[][] | undefined {
  const shapes = ports.map(({ shape, anyRank }) => (anyRank ? [null] : shape.map((dim, axis) => dim ?? (axis === 0 ? 1 : null))));
  return shapes.every((shape): shape is number[] => !shape.includes(null)) ? shapes : undefined;
}
