import { ShapeError } from '../../../base/errors.js';
import { wrong } from '../../../base/wrong.js';
import { showShape } from '../../../base/show.js';
import { positionsOf } from '../../../tensor/geometry.js';
import { allocate, size } from '../../form/tensors.js';
import type { HostTensor, Numbers } from '../../form/types.js';
import { checkedList, perAxis } from '../../form/window.js';
import { numbersOf, required } from '../lib/op.js';
import type { Compute, HostContext, HostOps } from '../lib/op.js';
import { eachPosition } from '../lib/walk.js';
import { rounded } from '../lib/types.js';

interface Blocks {
  readonly shape: readonly number[];
  readonly block: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  /** Of blocks, along each axis. */
  readonly positions: readonly number[];
}

function blocksOf(context: HostContext): Blocks {
  const { attributes } = context;
  required(context, 1);
  required(context, 2);
  const shape = numbersOf(context, 1) ?? [];
  const rank = shape.length;
  const block = checkedList('block_shape', numbersOf(context, 2) ?? [], rank, 1);
  const strides = perAxis(attributes, 'strides', rank, 1, 1);
  const dilations = perAxis(attributes, 'dilations', rank, 1, 1);
  const pads = perAxis(attributes, 'pads', 2 * rank, 0);
  const positions = shape.map((dim, d) =>
    positionsOf(dim, { kernel: block[d]!, stride: strides[d]!, dilation: dilations[d]!, before: pads[d]!, after: pads[rank + d]!, ceil: false }));
  return { shape, block, strides, dilations, pads, positions };
}

/** Blocks that overlap, summed: what im2col takes apart. [N, C * block, L] to [N, C, ...]. */
const col2Im: Compute = (context) => {
  const x = required(context, 0);
  const blocks = blocksOf(context);
  const { shape, block, positions } = blocks;
  const [n = 0, rows = 0, columns = 0] = x.shape;
  const area = size(block);
  if (x.shape.length !== 3 || rows % area !== 0 || size(positions) !== columns) {
    const expected = `[N, C x ${area}, ${size(positions)}]`;
    wrong('input 0', `${expected}, blocks of ${block.join(' x ')} over ${shape.join(' x ')}`, showShape(x.shape), { as: ShapeError });
  }
  const whole = [n, rows / area, ...shape];
  const sums = allocate('float64', size(whole));
  if (x.data.length > 0) scatterBlocks(x, blocks, n * (rows / area), sums);
  const data = allocate(x.dtype, sums.length);
  for (let i = 0; i < data.length; i++) data[i] = sums[i]!;
  return [rounded({ dtype: x.dtype, shape: whole, data })];
};

function scatterBlocks(x: HostTensor, { shape, block, strides, dilations, pads, positions }: Blocks, maps: number, sums: Numbers): void {
  const [area, columns, pixels] = [size(block), size(positions), size(shape)];
  eachPosition(block, (tap, offsets) => {
    eachPosition(positions, (column, position) => {
      let at = 0;
      for (let d = 0; d < shape.length; d++) {
        const index = position[d]! * strides[d]! + offsets[d]! * dilations[d]! - pads[d]!;
        if (index < 0 || index >= shape[d]!) return;
        at = at * shape[d]! + index;
      }
      for (let map = 0; map < maps; map++) sums[map * pixels + at]! += x.data[(map * area + tap) * columns + column]!;
    });
  });
}

export const col2ImOps: HostOps = { Col2Im: col2Im };
