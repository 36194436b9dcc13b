import type { LowerContext, ValueId } from '../../onnx/form/lowering.js';
import { positionsOf } from '../../tensor/geometry.js';
import { stridesOf } from '../../tensor/shape.js';
import { addOp } from '../add/op.js';
import { axesOf } from '../common.js';
import type { WindowAttrs } from '../common.js';
import { mapLayoutOp } from '../map-layout/op.js';
import { matMulOp } from '../mat-mul/op.js';
import { padOp } from '../pad/op.js';
import { permuteOp } from '../permute/op.js';
import { reshapeOp } from '../reshape/op.js';
import { viewOp } from '../view/op.js';

/** The windows of a map [N, C, H, W] as rows: [N, groups, OH, OW, KH * KW * C / groups]. */
function windows(context: LowerContext, x: ValueId, window: WindowAttrs, groups: number): ValueId {
  const [top, left, bottom, right] = window.pad;
  const pixels = context.apply(mapLayoutOp({ to: 'nhwc' }), [x]);
  const padded = window.pad.every((amount) => amount === 0) ? pixels : context.apply(padOp({ padding: [0, 0, left, right, top, bottom], mode: 'constant', value: 0 }), [pixels]);
  const shape = context.shapeOf(padded);
  const [n = 1, h = 1, w = 1, c = 1] = shape;
  const [image = 1, row = 1, pixel = 1] = stridesOf(shape);
  const [vertical, horizontal] = axesOf(window).map((axis) => ({ ...axis, before: 0, after: 0 }));
  const [oh, ow] = [positionsOf(h, vertical!), positionsOf(w, horizontal!)];
  const [kh, kw] = window.kernel;
  const each = c / groups;
  const op = viewOp({
    shape: [n, groups, oh, ow, kh, kw, each],
    strides: [image, each, row * window.stride[0], pixel * window.stride[1], row * window.dilation[0], pixel * window.dilation[1], 1],
  });
  return context.apply(reshapeOp({ shape: [n, groups, oh * ow, kh * kw * each] }), [context.apply(op, [padded])]);
}

/** A convolution whose filters [OC, C / groups, KH, KW] are computed: its windows are laid beside each other, and multiplied. */
export function computedConv(context: LowerContext, window: WindowAttrs, groups: number): ValueId {
  const [oc = 1, each = 1, kh = 1, kw = 1] = context.shape(1);
  const rows = windows(context, context.value(0), window, groups);
  const [n = 1] = context.shapeOf(rows);
  const filters = context.apply(permuteOp({ dims: [0, 2, 3, 1] }), [context.value(1)]);
  const matrices = context.apply(reshapeOp({ shape: [groups, oc / groups, kh * kw * each] }), [filters]);
  const products = context.apply(matMulOp({ transposed: true }), [rows, matrices]);
  const [vertical, horizontal] = axesOf(window);
  const [, , h = 1, w = 1] = context.shape(0);
  const size = [positionsOf(h, vertical), positionsOf(w, horizontal)];
  const beside = groups === 1 ? products : context.apply(permuteOp({ dims: [0, 2, 1, 3] }), [products]);
  const map = context.apply(mapLayoutOp({ to: 'nchw' }), [context.apply(reshapeOp({ shape: [n, ...size, oc] }), [beside])]);
  if (!context.has(2)) return map;
  return context.apply(addOp({}), [map, context.apply(reshapeOp({ shape: [oc, 1, 1] }), [context.value(2)])]);
}
