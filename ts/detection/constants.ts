import { tensor } from '../tensor/tensor.js';
import type { Tensor } from '../tensor/tensor.js';
import { gridOf } from './assign.js';
import type { GridOptions } from './assign.js';

/**
 * The parameters of a decoded network such as `tinyYolo()` that are not learned: `decode.stride.operand` [cells], the stride of each cell, and
 * `decode.cell.operand` [4, cells], its centre in pixels and two zeros. With what a trainer has learned they are all weights of the graph.
 * @throws ArgumentError for an option
 */
export function yoloConstants(options: GridOptions): Record<string, Tensor> {
  const { levels, cells } = gridOf('yoloConstants', options);
  const strides = new Float32Array(cells);
  const centres = new Float32Array(4 * cells);
  for (const { stride, rows, columns, first } of levels) {
    for (let i = 0; i < rows * columns; i++) {
      strides[first + i] = stride;
      centres[first + i] = ((i % columns) + 0.5) * stride;
      centres[cells + first + i] = (Math.floor(i / columns) + 0.5) * stride;
    }
  }
  return { 'decode.stride.operand': tensor(strides, [cells]), 'decode.cell.operand': tensor(centres, [4, cells]) };
}
