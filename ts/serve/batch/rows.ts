import { failed } from '../../base/wrong.js';
import type { Port } from '../../session/inputs.js';
import { ARRAYS, elementCount } from '../../tensor/tensor.js';
import type { AnyTensor } from '../../tensor/tensor.js';

export type Tensors = Readonly<Record<string, AnyTensor>>;

/** Whether of each input and output the first dimension is open, and of the inputs no other: requests can lie behind each other. */
export function isOfRows(inputs: readonly Port[], outputs: readonly Port[]): boolean {
  const open = ({ shape, anyRank }: Port): boolean => anyRank !== true && shape.length > 0 && shape[0] === null;
  return inputs.length > 0 && outputs.length > 0 && [...inputs, ...outputs].every(open) && inputs.every(({ shape }) => !shape.slice(1).includes(null));
}

/** How many rows a request has; undefined where it is not as the model's inputs are, which the model says best by itself. */
export function rowsOf(ports: readonly Port[], inputs: Tensors): number | undefined {
  const rows = ports[0] && inputs[ports[0].name]?.shape[0];
  const fits = ({ name, dtype, shape }: Port): boolean => {
    const tensor = inputs[name];
    return tensor?.dtype === dtype && tensor.shape.length === shape.length && tensor.shape.every((dim, axis) => dim === (axis === 0 ? rows : shape[axis]));
  };
  return rows !== undefined && rows > 0 && Object.keys(inputs).length === ports.length && ports.every(fits) ? rows : undefined;
}

function alike(tensor: AnyTensor, shape: readonly number[], data: AnyTensor['data']): AnyTensor {
  return { dtype: tensor.dtype, shape, data } as AnyTensor;
}

/** The rows of all, one behind the other. They have the same names, types and further dimensions. */
export function stack(all: readonly Tensors[]): Tensors {
  const [first = {}, ...others] = all;
  if (others.length === 0) return first;
  return Object.fromEntries(Object.keys(first).map((name) => {
    const parts = all.map((one) => one[name]!);
    const shape = [parts.reduce((sum, part) => sum + part.shape[0]!, 0), ...parts[0]!.shape.slice(1)];
    const data = new ARRAYS[parts[0]!.dtype](elementCount(shape, name));
    let at = 0;
    for (const part of parts) {
      data.set(part.data as never, at);
      at += part.data.length;
    }
    return [name, alike(parts[0]!, shape, data)];
  }));
}

/** The rows `from..to` of each: what they were computed in, not a copy. */
export function cut(tensors: Tensors, from: number, to: number): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => {
    const [rows = 1, ...rest] = tensor.shape;
    const each = tensor.data.length / rows;
    return [name, alike(tensor, [to - from, ...rest], tensor.data.subarray(from * each, to * each))];
  }));
}

/** @throws ReceptiveError where an output does not have a row for each of the inputs */
export function expectRows(outputs: Tensors, rows: number): void {
  for (const [name, { shape }] of Object.entries(outputs)) {
    if (shape[0] !== rows) failed(`output ${name}`, `it has no row for each of ${rows} of the inputs`, `its shape is [${shape.join(', ')}]`);
  }
}
