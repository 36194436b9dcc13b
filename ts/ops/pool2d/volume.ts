import { windowAxes } from '../../onnx/form/window.js';
import type { WindowAxis } from '../../onnx/form/window.js';
import type { LowerContext, ValueId } from '../../onnx/form/lowering.js';
import { spanOf } from '../../tensor/geometry.js';
import { reshapeOp } from '../reshape/op.js';
import { pool2dOp } from './op.js';

/** A window along lines alone. */
const NONE: Pick<WindowAxis, 'kernel' | 'stride' | 'dilation' | 'before' | 'after'> = { kernel: 1, stride: 1, dilation: 1, before: 0, after: 0 };

/** A 3-D pooling: of every plane, then along the depth. An average is one of averages, since the elements of a box are a product. */
export function volumePool(context: LowerContext, kind: 'max' | 'avg'): ValueId | undefined {
  const { attributes } = context;
  const [n = 1, c = 1, ...spatial] = context.shape(0);
  const [d = 1, h = 1, w = 1] = spatial;
  const ceil = attributes.int('ceil_mode', 0) !== 0;
  const axes = windowAxes(attributes, spatial, attributes.ints('kernel_shape'));
  const [depth, vertical, horizontal] = axes;
  const fits = axes.every((axis) => Math.min(axis.before, axis.after) >= 0 && Math.max(axis.before, axis.after) < spanOf(axis));
  if (!depth || !vertical || !horizontal || !fits || context.shape(0).includes(0)) return undefined;
  const pool = (y: typeof NONE, x: typeof NONE) => pool2dOp({
    kernel: [y.kernel, x.kernel], stride: [y.stride, x.stride], dilation: [y.dilation, x.dilation], pad: [y.before, x.before, y.after, x.after], ceil,
    kind, countIncludePad: attributes.int('count_include_pad', 0) !== 0, divisor: 0,
  });
  const as = (shape: readonly number[], value: ValueId): ValueId => context.apply(reshapeOp({ shape }), [value]);
  const planes = context.apply(pool(vertical, horizontal), [as([n, c * d, h, w], context.value(0))]);
  const lines = context.apply(pool(depth, NONE), [as([n, c, d, vertical.out * horizontal.out], planes)]);
  return as([n, c, depth.out, vertical.out, horizontal.out], lines);
}
