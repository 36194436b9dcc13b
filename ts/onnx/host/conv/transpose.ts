import { ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { coveredSize } from '../../../tensor/geometry.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor, Numbers } from '../../form/types.js';
import { checkKernel, expectShape, groupsOf, mapsOf } from '../lib/window.js';
import { checkedList, perAxis, windowOf } from '../../form/window.js';
import type { WindowAxis } from '../../form/window.js';
import type { HostContext } from '../lib/op.js';
import { rounded } from '../lib/types.js';
import { eachPosition } from '../lib/walk.js';

/** Padding of each axis of a transposed convolution, which `output_shape` or `auto_pad` may leave open. */
function transposedAxes({ attributes }: HostContext, spatial: readonly number[], kernel: readonly number[]): WindowAxis[] {
  const { strides, dilations, pads, auto } = windowOf(attributes, kernel);
  const extra = perAxis(attributes, 'output_padding', spatial.length, 0, 0);
  const same = auto === 'SAME_UPPER' || auto === 'SAME_LOWER';
  const wanted = outputShape(attributes.has('output_shape') ? attributes.ints('output_shape') : undefined, spatial.length);
  return spatial.map((length, i): WindowAxis => {
    const axis = { size: length, kernel: kernel[i]!, stride: strides[i]!, dilation: dilations[i]! };
    const full = coveredSize(length, axis, extra[i]!);
    const open = wanted?.[i] ?? (same ? length * axis.stride : undefined);
    if (open !== undefined) {
      const total = Math.max(0, full - open);
      const less = Math.floor(total / 2);
      const before = auto === 'SAME_UPPER' ? less : total - less;
      return { ...axis, before, after: total - before, out: open };
    }
    const [before, after] = auto === 'VALID' ? [0, 0] : [pads[i]!, pads[spatial.length + i]!];
    const out = full - before - after;
    if (out < 1) wrong('pads', `pads that leave something of an output of ${full}`, `${before} + ${after}`, { as: ShapeError });
    return { ...axis, before, after, out };
  });
}

/** Sizes behind N and C; some files give those of N and C, too. */
function outputShape(given: readonly number[] | undefined, rank: number): readonly number[] | undefined {
  return given && checkedList('output_shape', given.length === rank + 2 ? given.slice(2) : given, rank, 1);
}

/** x [N, C, ...], w [C, OC / groups, ...] to [N, OC, ...]: each input pixel stamps the filter onto the output. */
export function transposedConvolve(context: HostContext, x: HostTensor, w: HostTensor, bias: HostTensor | undefined): HostTensor {
  const { n, c, spatial } = mapsOf(x);
  const [wc = 0, og = 0, ...kernel] = w.shape;
  const groups = groupsOf(context, 'group', c);
  if (wc !== c || w.shape.length !== x.shape.length) {
    wrong('input 1', `filters for ${showShape(x.shape)}`, showShape(w.shape), { as: ShapeError });
  }
  if (spatial.includes(0)) wrong('input 0', 'a map with pixels', spatial.join(' x '), { as: ShapeError });
  checkKernel(context, kernel);
  const oc = og * groups;
  expectShape(bias, [oc], 'bias');
  const axes = transposedAxes(context, spatial, kernel);
  const shape = [n, oc, ...axes.map((axis) => axis.out)];
  const sums = allocate('float64', size(shape));
  if (sums.length > 0 && c > 0) stamp(x, w, axes, groups, sums);
  const data = allocate(x.dtype, sums.length);
  const places = size(shape.slice(2));
  for (let i = 0; i < data.length; i++) data[i] = sums[i]! + (bias?.data[Math.floor(i / places) % oc] ?? 0);
  return rounded({ dtype: x.dtype, shape, data });
}

function stamp(x: HostTensor, w: HostTensor, axes: readonly WindowAxis[], groups: number, sums: Numbers): void {
  const [n = 0, c = 0, ...spatial] = x.shape;
  const [, og = 0, ...kernel] = w.shape;
  const [pixels, area, places] = [size(spatial), size(kernel), size(axes.map((axis) => axis.out))];
  const [oc, cg] = [og * groups, c / groups];
  eachPosition(spatial, (pixel, position) => {
    eachPosition(kernel, (tap, offsets) => {
      let at = 0;
      for (let d = 0; d < axes.length; d++) {
        const { stride, dilation, before, out } = axes[d]!;
        const index = position[d]! * stride + offsets[d]! * dilation - before;
        if (index < 0 || index >= out) return;
        at = at * out + index;
      }
      for (let image = 0; image < n; image++) {
        for (let i = 0; i < c; i++) {
          const value = x.data[(image * c + i) * pixels + pixel]!;
          const first = image * oc + Math.floor(i / cg) * og;
          for (let o = 0; o < og; o++) sums[(first + o) * places + at]! += value * w.data[(i * og + o) * area + tap]!;
        }
      }
    });
  });
}
