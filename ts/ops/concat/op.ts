import * as steps from '../../contract/steps.js';
import { ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import { count, defineOp } from '../../graph/op.js';
import { resolveAxis } from '../common.js';
import { ALIKE, physicalAxis, physicalShape } from '../layout.js';
import type { Dim } from '../../tensor/shape.js';

export type ConcatAttrs = { readonly dim: number };

/** Values put behind each other along one dimension. */
export const concatOp = defineOp<ConcatAttrs>('Concat', ({ dim }) => ({
  probabilities: 'kept',
  infer(inputs) {
    const first = inputs[0] ?? [];
    const axis = resolveAxis(dim, first.length);
    const out: Dim[] = [...first];
    for (const shape of inputs.slice(1)) {
      const fits = shape.length === first.length && shape.every((d, i) => i === axis || d === null || out[i] === null || d === out[i]);
      if (!fits) {
        wrong(undefined, `${showShape(first)} outside dimension ${dim}`, showShape(shape), { as: ShapeError });
      }
      shape.forEach((d, i) => {
        if (i !== axis) out[i] = out[i] ?? d;
      });
    }
    out[axis] = inputs.reduce<Dim>((total, shape) => addDims(total, shape[axis] ?? null), 0);
    return [out];
  },
  joins: { dim },
  layouts: ALIKE,
  emit(context) {
    const y = context.output();
    const axis = physicalAxis(resolveAxis(dim, y.shape.length), y.layout);
    let start = 0;
    const inputs = Array.from({ length: context.inputCount }, (_, i) => context.input(i)).flatMap((x) => {
      const joined = { x: x.id, chunk: count(physicalShape(x).slice(axis)), start };
      start += joined.chunk;
      return x.id === y.id ? [] : [joined];
    });
    if (inputs.length === 0) return;
    const outer = count(physicalShape(y).slice(0, axis));
    context.step(steps.concat({ y: y.id, outer, row: start, inputs }));
  },
}));

function addDims(a: Dim, b: Dim): Dim {
  return a === null || b === null ? null : a + b;
}
