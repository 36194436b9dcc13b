import { fromEnd, stridesOf } from '../../../tensor/shape.js';
import { FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor, Numbers } from '../../form/types.js';
import { walk } from '../lib/walk.js';

/** An index that may count from the end. @throws ShapeError outside of the axis */
export function indexOf(index: number, dim: number): number {
  const resolved = fromEnd(index, dim);
  if (resolved >= 0 && resolved < dim && Number.isInteger(resolved)) return resolved;
  wrong('indices', `an index of an axis of ${dim}`, String(index), { as: ShapeError });
}

/**
 * Calls `visit` for each index with its place in the indices and in the tensor that it points into along an axis. The indices may
 * have fewer elements than the tensor along the other axes.
 */
export function alongAxis(indices: HostTensor, shape: readonly number[], axis: number, visit: (i: number, at: number) => void): void {
  const fits = indices.shape.length === shape.length && indices.shape.every((dim, i) => i === axis || dim <= shape[i]!);
  if (!fits) wrong('indices', `indices into ${showShape(shape)} along axis ${axis}`, showShape(indices.shape), { as: ShapeError });
  const strides = stridesOf(shape);
  if (indices.shape.some((dim, i) => i !== axis && dim !== shape[i])) {
    const others = strides.map((stride, i) => (i === axis ? 0 : stride));
    walk(indices.shape, [others], (i, [at]) => visit(i, at! + indexOf(indices.data[i]!, shape[axis]!) * strides[axis]!));
    return;
  }
  const [length, inner] = [shape[axis]!, strides[axis]!];
  const row = indices.shape[axis]! * inner;
  for (let start = 0, from = 0; start < indices.data.length; start += row, from += length * inner) {
    for (let i = start, column = 0; i < start + row; i++) {
      visit(i, from + indexOf(indices.data[i]!, length) * inner + column);
      column = column + 1 < inner ? column + 1 : 0;
    }
  }
}

/** What tuples of indices point at. */
interface Tuples {
  /** Where each begins. */
  readonly starts: Numbers;
  /** How many elements each takes, and in what shape. */
  readonly inner: number;
  readonly rest: readonly number[];
}

/** Tuples of indices into what is behind the first `batch` dimensions, which indices and tensor have in common. */
export function tuples(x: HostTensor, indices: HostTensor, batch: number): Tuples {
  const depth = indices.shape.at(-1);
  if (depth === undefined) wrong('indices', 'tuples', 'a single number', { as: ShapeError });
  if (!(batch >= 0 && batch < indices.shape.length)) wrong('batch_dims', `0 to ${indices.shape.length - 1}`, String(batch), { as: FormatError });
  const common = x.shape.slice(0, batch);
  if (batch + depth > x.shape.length || common.some((dim, axis) => dim !== indices.shape[axis])) {
    wrong('indices', `indices into ${showShape(x.shape)} with ${batch} dimensions in common`, showShape(indices.shape), { as: ShapeError });
  }
  const strides = stridesOf(x.shape);
  const count = size(indices.shape.slice(0, -1));
  const [perBatch, inBatch] = [size(x.shape.slice(batch)), count / Math.max(1, size(common))];
  const starts = allocate('int64', count);
  for (let t = 0; t < count; t++) {
    let at = Math.floor(t / inBatch) * perBatch;
    for (let d = 0; d < depth; d++) at += indexOf(indices.data[t * depth + d]!, x.shape[batch + d]!) * strides[batch + d]!;
    starts[t] = at;
  }
  const rest = x.shape.slice(batch + depth);
  return { starts, inner: size(rest), rest };
}
