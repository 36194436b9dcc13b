import { typed } from '../../onnx/form/lowering.js';
import type { LowerContext, Lowering, Lowerings } from '../../onnx/form/lowering.js';
import { concatOp } from '../concat/op.js';
import { isMap } from '../onnx-window.js';
import { reshapeOp } from '../reshape/op.js';
import { roiAlignOp } from './op.js';

/** Before opset 16 there is no such attribute, and pixels have their corners at whole numbers. */
function isAligned({ attributes, opset }: LowerContext): boolean | undefined {
  if (opset < 16) return false;
  const mode = attributes.string('coordinate_transformation_mode', 'half_pixel');
  return mode === 'half_pixel' ? true : mode === 'output_half_pixel' ? false : undefined;
}

/**
 * Regions [R, 4] and the images that they are of, [R], become rows of both. A region of an image that there is not gives zeros where that is
 * only known while the engine computes; the host, which says so, has those that are constant.
 */
const roiAlign: Lowering = (context) => {
  const { attributes } = context;
  const [n = 0] = context.shape(0);
  const [rows = 0, width] = context.shape(1);
  const size = [attributes.int('output_height', 1), attributes.int('output_width', 1)] as const;
  const [mode, aligned] = [attributes.string('mode', 'avg'), isAligned(context)];
  const images = context.constant(2)?.tensor().data;
  const fits = isMap(context) && !context.shape(0).includes(0) && rows > 0 && width === 4 && context.shape(2).join() === String(rows);
  if (!fits || aligned === undefined || (mode !== 'avg' && mode !== 'max') || images?.some((image) => !(image >= 0 && image < n))) return undefined;
  const image = context.apply(reshapeOp({ shape: [rows, 1] }), [context.value(2)]);
  const rois = context.apply(concatOp({ dim: 1 }), [image, context.value(1)]);
  const scales = [attributes.float('spatial_scale', 1)];
  const op = roiAlignOp({ size, scales, sampling: attributes.int('sampling_ratio', 0), aligned, mode, canonical: null });
  return [context.apply(op, [rois, context.value(0)])];
};

export const roiAlignLowerings: Lowerings = { RoiAlign: typed(roiAlign, { others: { 2: ['int64'] } }) };
