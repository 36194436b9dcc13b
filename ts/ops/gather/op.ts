import * as steps from '../../contract/steps.js';
import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import { count, defineOp } from '../../graph/op.js';
import type { Placed } from '../../graph/op.js';
import { whole } from '../common.js';
import { ALIKE, physicalAxis, physicalShape, ROWS } from '../layout.js';

export type GatherAttrs = {
  readonly dim: number;
  /** Shape of the indices, whose dimensions take the place of `dim`. */
  readonly indices: readonly number[];
  /** Shape of what is gathered from, where that is a parameter. */
  readonly table?: readonly number[];
  /** Whether the indices are a parameter. */
  readonly fixed: boolean;
};

/** Those elements of a dimension that indices name. They were checked: those outside are brought inside. */
export const gatherOp = defineOp<GatherAttrs>('Gather', ({ dim, indices, table, fixed }) => {
  whole('dimension', dim, 0);
  const movesMaps = indices.length === 1 && fixed && !table;
  return {
    reach: 'unknown',
    probabilities: 'kept',
    // Indices that are computed are those of all images.
    acrossImages: () => dim === 0 || table !== undefined || !fixed,
    params: [...(table ? [{ role: 'table', shape: table }] : []), ...(fixed ? [{ role: 'indices', shape: indices }] : [])],
    infer(inputs) {
      const from = table ?? inputs[0] ?? [];
      if (dim >= from.length) wrong(undefined, `a dimension of ${showShape(from)}`, String(dim), { as: ShapeError });
      return [[...from.slice(0, dim), ...indices, ...from.slice(dim + 1)]];
    },
    layouts: movesMaps ? ALIKE : ROWS,
    emit(context) {
      const y = context.output();
      const x: Pick<Placed, 'shape' | 'layout'> & { readonly id?: number } = table ? { shape: table, layout: 'plain' } : context.input(0);
      const named = fixed ? context.constant('indices') : context.input(table ? 0 : 1).id;
      const [dims, axis] = [physicalShape(x), physicalAxis(dim, x.layout)];
      context.step(steps.gather({
        x: x.id ?? context.constant('table'), indices: named, y: y.id,
        outer: count(dims.slice(0, axis)), axis: dims[axis] ?? 1, inner: count(dims.slice(axis + 1)), count: count(indices),
      }));
    },
  };
});
