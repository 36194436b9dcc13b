import { perAxis, windowAxes } from '../../onnx/form/window.js';
import type { WindowAxis } from '../../onnx/form/window.js';
import type { LowerContext, ValueId } from '../../onnx/form/lowering.js';
import { fill } from '../../onnx/form/tensors.js';
import { stridesOf } from '../../tensor/shape.js';
import { padOp } from '../pad/op.js';
import { permuteOp } from '../permute/op.js';
import { reshapeOp } from '../reshape/op.js';
import { viewOp } from '../view/op.js';
import { conv2dOp } from './op.js';

/** Filters [OC, C / groups, KD, KH, KW] with their depth before their channels: [OC, KD * C / groups, KH, KW]. */
function flatFilters(context: LowerContext): string {
  const [oc = 1, each = 1, kd = 1, kh = 1, kw = 1] = context.shape(1);
  const [area, shape] = [kh * kw, [oc, kd * each, kh, kw]];
  const constant = context.constant(1)!;
  return context.derived('flat', shape, () => {
    const { data } = constant.tensor();
    return fill('float32', shape, (i) => {
      const [filter, at, place] = [Math.floor(i / (kd * each * area)), Math.floor(i / area) % (kd * each), i % area];
      const [depth, channel] = [Math.floor(at / each), at % each];
      return data[((filter * each + channel) * kd + depth) * area + place] ?? 0;
    });
  });
}

/** Volumes [N, C, D, H, W] as maps of each output plane, whose channels are those of the planes that it sees: [N * OD, KD * C, H, W]. */
function planes(context: LowerContext, axis: WindowAxis, groups: number): ValueId {
  const { before, after, stride, dilation, kernel, out } = axis;
  const x = context.value(0);
  const padded = before + after === 0 ? x : context.apply(padOp({ padding: [0, 0, 0, 0, before, after], mode: 'constant', value: 0 }), [x]);
  const shape = context.shapeOf(padded);
  const [n = 1, c = 1, , h = 1, w = 1] = shape;
  const [volume = 1, channel = 1, plane = 1] = stridesOf(shape);
  const each = c / groups;
  const op = viewOp({
    shape: [n, out, groups, kernel, each, h * w],
    strides: [volume, plane * stride, channel * each, plane * dilation, channel, 1],
  });
  return context.apply(reshapeOp({ shape: [n * out, kernel * c, h, w] }), [context.apply(op, [padded])]);
}

/** A 3-D convolution with constant filters, as one of maps that have the planes around them as channels. */
export function volumeConv(context: LowerContext): ValueId | undefined {
  const { attributes } = context;
  const [oc = 0, each = 0, ...kernel] = context.shape(1);
  const [n = 1, c = 0, ...spatial] = context.shape(0);
  const groups = attributes.int('group', 1);
  const [depth, ...rest] = windowAxes(attributes, spatial, kernel);
  const [vertical, horizontal] = rest;
  if (!depth || !vertical || !horizontal || each * groups !== c || oc % groups !== 0 || perAxis(attributes, 'pads', 6, 0).some((pad) => pad < 0)) return undefined;
  const op = conv2dOp({
    kernel: [vertical.kernel, horizontal.kernel], stride: [vertical.stride, horizontal.stride], dilation: [vertical.dilation, horizontal.dilation],
    pad: [vertical.before, horizontal.before, vertical.after, horizontal.after], ceil: false,
    inChannels: c * depth.kernel, outChannels: oc, groups, bias: context.has(2),
  });
  const maps = context.apply(op, [planes(context, depth, groups)], { weight: flatFilters(context), ...(context.has(2) && { bias: context.param(2) }) });
  const apart = context.apply(reshapeOp({ shape: [n, depth.out, oc, vertical.out, horizontal.out] }), [maps]);
  return context.apply(permuteOp({ dims: [0, 2, 1, 3, 4] }), [apart]);
}
