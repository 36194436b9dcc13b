import type { LowerContext, Lowering, Lowerings, ValueId } from '../../onnx/form/lowering.js';
import { resizeForm, upsampleForm } from '../../onnx/form/resize.js';
import { isMap } from '../onnx-window.js';
import { upsampleOp } from './op.js';
import { byTaps } from './taps.js';

/** Height and width of the result, and the factors they come from where they were given as such. */
interface Target {
  readonly size: readonly [number, number];
  readonly factors: readonly [number, number] | undefined;
}

/** Only where batch and channels stay, and where sizes follow from factors without a doubt. */
function targetOf(context: LowerContext): Target | undefined {
  const { opset } = context;
  const shape = context.shape(0);
  const sizes = opset < 11 ? undefined : context.constant(3)?.tensor().data;
  if (sizes && sizes.length > 0) {
    const [n, c, h = 0, w = 0] = sizes;
    return sizes.length === 4 && n === shape[0] && c === shape[1] ? { size: [h, w], factors: undefined } : undefined;
  }
  const scales = context.constant(opset < 11 ? 1 : 2)?.tensor().data;
  const [n, c, sh = 0, sw = 0] = scales ?? [];
  if (scales?.length !== 4 || n !== 1 || c !== 1) return undefined;
  const [h, w] = [(shape[2] ?? 0) * sh, (shape[3] ?? 0) * sw];
  // 10 * 0.7 is 7 in float32 and a little less in double: rounding down must not depend on that.
  if ([h, w].some((length) => Math.floor(length) !== Math.floor(Math.fround(length)))) return undefined;
  return { size: [Math.floor(h), Math.floor(w)], factors: [sh, sw] };
}

/** What equals PyTorch's nearest and bilinear on whole maps has a step of its own. */
function whole(context: LowerContext): readonly ValueId[] | undefined {
  const { attributes, opset } = context;
  const plain =
    !attributes.has('axes') &&
    attributes.int('antialias', 0) === 0 &&
    attributes.int('exclude_outside', 0) === 0 &&
    attributes.string('keep_aspect_ratio_policy', 'stretch') === 'stretch';
  const target = isMap(context) && opset >= 10 && plain ? targetOf(context) : undefined;
  if (!target || Math.min(...target.size) < 1) return undefined;
  const { size, factors } = target;
  const mode = attributes.string('mode', 'nearest');
  const coordinates = attributes.string('coordinate_transformation_mode', opset < 11 ? 'asymmetric' : 'half_pixel');
  // Before opset 11 what shrinks is rounded up.
  const floors = opset < 11 ? factors?.every((factor) => factor >= 1) === true : attributes.string('nearest_mode', 'round_prefer_floor') === 'floor';
  const nearest = mode === 'nearest' && coordinates === 'asymmetric' && floors;
  const alignCorners = coordinates === 'align_corners';
  const halfPixel = coordinates === 'half_pixel' || (coordinates === 'pytorch_half_pixel' && Math.min(...size) > 1);
  if (!nearest && !(mode === 'linear' && (alignCorners || halfPixel))) return undefined;
  // Corners are aligned by the length that is asked for, which need not be whole.
  if (alignCorners && factors?.some((factor, i) => !Number.isInteger(factor * (context.shape(0)[i + 2] ?? 0)))) return undefined;
  const byScale = factors !== undefined && !alignCorners;
  const op = upsampleOp({ size: byScale ? null : size, scale: byScale ? factors : null, mode: nearest ? 'nearest' : 'bilinear', alignCorners });
  return [context.apply(op, [context.value(0)])];
}

/** Upsample before it was called Resize: repeated pixels, or all else by taps. */
const upsample: Lowering = (context) => {
  const [n, c, ...factors] = context.constant(1)?.tensor().data ?? context.attributes.floats('scales', []);
  const [h = 0, w = 0] = factors;
  const repeats = isMap(context) && n === 1 && c === 1 && factors.length === 2 && factors.every((factor) => Number.isInteger(factor) && factor >= 1);
  if (!repeats || context.attributes.string('mode', 'nearest') !== 'nearest') return byTaps(context, upsampleForm);
  return [context.apply(upsampleOp({ size: null, scale: [h, w], mode: 'nearest', alignCorners: false }), [context.value(0)])];
};

const resize: Lowering = (context) => whole(context) ?? byTaps(context, resizeForm);

export const upsampleLowerings: Lowerings = { Resize: resize, Upsample: upsample };
