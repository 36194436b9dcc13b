import { ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';

/** Vectors of `depth` numbers by image, head and place in the sequence, however they lie. */
export interface Heads {
  readonly tensor: HostTensor;
  readonly batch: number;
  readonly heads: number;
  readonly length: number;
  readonly depth: number;
  /** Elements from one image, head and place to the next. */
  readonly strides: readonly [batch: number, head: number, place: number];
}

/**
 * [N, heads, L, depth], or [N, L, heads * depth] with the number of heads.
 * @throws ShapeError for others
 */
export function headsOf(tensor: HostTensor, count: number, place: string): Heads {
  const [batch = 0, a = 0, b = 0, depth = 0] = tensor.shape;
  if (tensor.shape.length === 4) return { tensor, batch, heads: a, length: b, depth, strides: [a * b * depth, b * depth, depth] };
  if (tensor.shape.length !== 3) wrong(place, '[N, heads, L, depth] or [N, L, heads * depth]', showShape(tensor.shape), { as: ShapeError });
  if (!(count >= 1) || b % count !== 0) wrong(place, `a last dimension of ${count} heads`, showShape(tensor.shape), { as: ShapeError });
  return { tensor, batch, heads: count, length: a, depth: b / count, strides: [a * b, b / count, b] };
}

/** What was kept of earlier places, and these behind it, as [N, heads, L, depth]. */
export function behind(past: HostTensor | undefined, now: Heads, place: string): Heads {
  const { batch, heads, depth } = now;
  const before = past?.shape[2] ?? 0;
  if (past && past.shape.join() !== [batch, heads, before, depth].join()) {
    wrong(place, showShape([batch, heads, null, depth]), showShape(past.shape), { as: ShapeError });
  }
  const length = before + now.length;
  const data = allocate(now.tensor.dtype, size([batch, heads, length, depth]));
  for (let n = 0; n < batch; n++) {
    for (let h = 0; h < heads; h++) {
      const to = (n * heads + h) * length * depth;
      const old = (n * heads + h) * before * depth;
      for (let i = 0; i < before * depth; i++) data[to + i] = past!.data[old + i]!;
      for (let l = 0; l < now.length; l++) {
        const from = n * now.strides[0] + h * now.strides[1] + l * now.strides[2];
        for (let i = 0; i < depth; i++) data[to + (before + l) * depth + i] = now.tensor.data[from + i]!;
      }
    }
  }
  return headsOf({ dtype: now.tensor.dtype, shape: [batch, heads, length, depth], data }, heads, place);
}
