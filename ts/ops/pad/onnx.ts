import { MAX_RANK } from '../../contract/limits.js';
import type { Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { padOp } from './op.js';
import type { PadMode } from './op.js';

const MODES: Readonly<Record<string, PadMode>> = { constant: 'constant', reflect: 'reflect', edge: 'replicate', wrap: 'circular' };

const pad: Lowering = (context) => {
  const from = context.shape(0);
  const mode = MODES[context.attributes.string('mode', 'constant')];
  const pads = context.attributes.intsOr(context.attributes.has('paddings') ? 'paddings' : 'pads', context.constant(1)?.tensor());
  if (!mode || !pads || pads.length !== 2 * from.length || pads.some((amount) => amount < 0) || from.includes(0)) return undefined;
  if (from.length > MAX_RANK) return undefined;
  if (context.has(2) && !context.constant(2)) return undefined;
  if (context.has(3)) return undefined;
  const value = context.constant(2)?.tensor().data[0] ?? context.attributes.float('value', 0);
  if (!Number.isFinite(value) && value !== -Infinity) return undefined;
  const rank = from.length;
  // Ours lists the last dimension first, both sides together.
  const padding = from.flatMap((_, i) => [pads[rank - 1 - i] ?? 0, pads[2 * rank - 1 - i] ?? 0]);
  const used = padding.findLastIndex((amount) => amount > 0) + 1;
  const reach = mode === 'constant' ? 0 : mode === 'circular' ? 0 : mode === 'reflect' ? -1 : Infinity;
  const tooFar = mode !== 'constant' && from.some((dim, i) => Math.max(pads[i] ?? 0, pads[rank + i] ?? 0) > dim + reach);
  if (tooFar) return undefined;
  const op = padOp({ padding: padding.slice(0, used + (used % 2)), mode, value: value === -Infinity ? null : value });
  return [context.apply(op, [context.value(0)])];
};

export const padLowerings: Lowerings = { Pad: pad };
