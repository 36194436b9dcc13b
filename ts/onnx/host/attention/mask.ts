import { ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import type { HostTensor } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { HostContext } from '../lib/op.js';
import { broadcast, broadcastStrides } from '../../../tensor/shape.js';

/** What is added to a score before the softmax; minus infinity where a place must not be looked at. */
export type Bias = (image: number, head: number, query: number, key: number) => number;

/** Scores of an attention: [N, heads, queries, keys]. */
export type Scores = readonly [batch: number, heads: number, queries: number, keys: number];

/** A tensor of truths or of numbers. One whose last dimension is shorter ends with places that must not be looked at. */
function given(mask: HostTensor, [batch, heads, queries, keys]: Scores): Bias {
  const known = mask.shape.at(-1) ?? 1;
  const to = [batch, heads, queries, known];
  if (known > keys || mask.shape.length > 4 || broadcast(mask.shape, to).join() !== to.join()) {
    wrong('attn_mask', `a shape that broadcasts to ${showShape([batch, heads, queries, keys])}`, showShape(mask.shape), { as: ShapeError });
  }
  const [n = 0, h = 0, q = 0, k = 0] = broadcastStrides(mask.shape, to);
  const truths = mask.dtype === 'bool';
  return (image, head, query, key) => {
    if (key >= known) return -Infinity;
    const value = mask.data[image * n + head * h + query * q + key * k]!;
    if (!truths) return value;
    return value ? 0 : -Infinity;
  };
}

/** The first place of the queries among the keys: behind those that were kept, or with the last that are no padding. */
function offsets(context: HostContext, queries: number, past: number): (image: number) => number {
  const lengths = context.inputs[6];
  return lengths && !context.inputs[4] ? (image) => lengths.data[image]! - queries : () => past;
}

function window({ attributes }: HostContext, name: string): number {
  const size = attributes.int(name, -1);
  if (size >= -1) return size;
  wrong(name, 'a size, or -1 for none', String(size));
}

/** Everything that says which keys a query looks at: the mask, the order of time, a window, and the length without padding. */
export function biasOf(context: HostContext, scores: Scores, past: number): Bias {
  const [batch, , queries] = scores;
  const mask = context.inputs[3] ? given(required(context, 3), scores) : () => 0;
  const [left, right] = [window(context, 'left_window_size'), window(context, 'right_window_size')];
  const causal = context.attributes.int('is_causal', 0) !== 0;
  const lengths = context.inputs[6];
  if (lengths && lengths.data.length !== batch) wrong('nonpad_kv_seqlen', showShape([batch]), showShape(lengths.shape), { as: ShapeError });
  const offset = offsets(context, queries, past);
  return (image, head, query, key) => {
    const ahead = key - query - offset(image);
    const hidden = (causal && ahead > 0) || (left >= 0 && -ahead > left) || (right >= 0 && ahead > right) || (lengths !== undefined && key >= lengths.data[image]!);
    return hidden ? -Infinity : mask(image, head, query, key);
  };
}
