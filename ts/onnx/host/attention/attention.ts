import { FormatError, ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor } from '../../form/types.js';
import { required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { rounded } from '../lib/types.js';
import { behind, headsOf } from './heads.js';
import type { Heads } from './heads.js';
import { biasOf } from './mask.js';

/** What the fourth output shows of the scores. */
const MODES = ['raw', 'capped', 'masked', 'softmax'] as const;
type Mode = (typeof MODES)[number];

interface Setting {
  readonly scale: number;
  readonly softcap: number;
  readonly mode: Mode;
}

function settingOf({ attributes }: HostContext, depth: number): Setting {
  const mode = MODES[attributes.int('qk_matmul_output_mode', 0)];
  if (mode === undefined) wrong('qk_matmul_output_mode', '0 to 3', String(attributes.int('qk_matmul_output_mode', 0)), { as: FormatError });
  return { scale: attributes.float('scale', 1 / Math.sqrt(depth)), softcap: attributes.float('softcap', 0), mode };
}

/** Queries, keys and values that fit each other. */
function operands(context: HostContext): readonly [q: Heads, k: Heads, v: Heads] {
  const { attributes } = context;
  const heads = attributes.int('q_num_heads', 1);
  const kept = attributes.int('kv_num_heads', heads);
  const [q, k, v] = [headsOf(required(context, 0), heads, 'Q'), headsOf(required(context, 1), kept, 'K'), headsOf(required(context, 2), kept, 'V')];
  if (k.batch !== q.batch || v.batch !== q.batch) wrong('K, V', `${q.batch} images, as Q has`, `${k.batch}, ${v.batch}`, { as: ShapeError });
  if (k.depth !== q.depth) wrong('K', `${q.depth} numbers a head, as Q has`, String(k.depth), { as: ShapeError });
  if (v.length !== k.length || v.heads !== k.heads) wrong('V', `${k.heads} heads of ${k.length} places, as K has`, `${v.heads} of ${v.length}`, { as: ShapeError });
  if (q.heads % k.heads !== 0) wrong('K', `heads that ${q.heads} of Q are a multiple of`, String(k.heads), { as: ShapeError });
  return [q, k, v];
}

/** The softmax of scores with what is added to them; 0 for a query that must look at nothing. */
function softmax(scores: Float64Array, bias: Float64Array): void {
  if (bias.every((value) => value === -Infinity)) return void scores.fill(0);
  const largest = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  for (let j = 0; j < scores.length; j++) sum += scores[j] = Math.exp(scores[j]! - largest);
  for (let j = 0; j < scores.length; j++) scores[j]! /= sum;
}

/** [N, heads, L, depth] or [N, L, heads * depth], as the queries are. */
function emptyLike(q: Heads, depth: number): Heads {
  const { batch, heads, length, tensor: { dtype, shape } } = q;
  const dims = shape.length === 4 ? [batch, heads, length, depth] : [batch, length, heads * depth];
  return headsOf({ dtype, shape: dims, data: allocate(dtype, size(dims)) }, heads, 'Y');
}

const at = ({ strides }: Heads, image: number, head: number, place: number): number => image * strides[0] + head * strides[1] + place * strides[2];

/** The rows of one query, from its scores on; `shown` are those that the fourth output wants. */
function attend(q: Heads, k: Heads, { scale, softcap, mode }: Setting, biasAt: (key: number) => number, from: number, keys: (key: number) => number): { weights: Float64Array; shown: Float64Array } {
  const weights = new Float64Array(k.length);
  const bias = new Float64Array(k.length);
  let shown = weights;
  const show = (now: Mode): void => void (now === mode && (shown = weights.slice()));
  for (let j = 0; j < k.length; j++) {
    const key = keys(j);
    let sum = 0;
    for (let i = 0; i < q.depth; i++) sum += q.tensor.data[from + i]! * k.tensor.data[key + i]!;
    weights[j] = sum * scale;
    bias[j] = biasAt(j);
  }
  show('raw');
  if (softcap > 0) for (let j = 0; j < k.length; j++) weights[j] = softcap * Math.tanh(weights[j]! / softcap);
  show('capped');
  for (let j = 0; j < k.length; j++) weights[j]! += bias[j]!;
  show('masked');
  softmax(weights, bias);
  return { weights, shown: mode === 'softmax' ? weights : shown };
}

/**
 * softmax(scale Q K^T + bias) V, by head (Vaswani et al. 2017, arXiv 1706.03762). Several heads of Q may share one of K and V (Ainslie et
 * al. 2023, arXiv 2305.13245).
 */
const attention: Compute = (context) => {
  const [q, newKeys, newValues] = operands(context);
  const past = context.inputs[4]?.shape[2] ?? 0;
  const [k, v] = [behind(context.inputs[4], newKeys, 'past_key'), behind(context.inputs[5], newValues, 'past_value')];
  if (k.length !== v.length) wrong('past_value', `${past} places, as past_key has`, String(v.length - newValues.length), { as: ShapeError });
  const setting = settingOf(context, q.depth);
  const bias = biasOf(context, [q.batch, q.heads, q.length, k.length], past);
  const y = emptyLike(q, v.depth);
  const scores = allocate(q.tensor.dtype, size([q.batch, q.heads, q.length, k.length]));
  const [{ dtype, data }, group] = [y.tensor, q.heads / k.heads];
  for (let n = 0; n < q.batch; n++) {
    for (let h = 0; h < q.heads; h++) {
      const shared = Math.floor(h / group);
      for (let l = 0; l < q.length; l++) {
        const { weights, shown } = attend(q, k, setting, (key) => bias(n, h, l, key), at(q, n, h, l), (key) => at(k, n, shared, key));
        for (let i = 0; i < v.depth; i++) {
          let sum = 0;
          for (let j = 0; j < v.length; j++) sum += weights[j]! * v.tensor.data[at(v, n, shared, j) + i]!;
          data[at(y, n, h, l) + i] = sum;
        }
        shown.forEach((value, j) => (scores[((n * q.heads + h) * q.length + l) * k.length + j] = value));
      }
    }
  }
  const shown: HostTensor = { dtype, shape: [q.batch, q.heads, q.length, k.length], data: scores };
  return [rounded(y.tensor), k.tensor, v.tensor, rounded(shown)];
};

export const attentionOps: HostOps = { Attention: attention };
