import type { Batch } from './dataset.js';

/** Batches of the same shapes, but for the number of examples, as one. */
export function joined(batches: readonly Batch[]): Batch {
  const { x, y } = batches[0]!;
  const n = batches.reduce((sum, batch) => sum + batch.x.shape[0]!, 0);
  const shapeOf = (shape: readonly number[]): readonly number[] => [n, ...shape.slice(1)];
  const data = together(batches.map((batch) => batch.x.data), new Float32Array(elements(batches, 'x')));
  const targets = batches.map((batch) => batch.y.data);
  const common = { shape: shapeOf(y.shape) };
  return {
    x: { dtype: 'float32', shape: shapeOf(x.shape), data },
    y: y.dtype === 'int32'
      ? { ...common, dtype: 'int32', data: together(targets, new Int32Array(elements(batches, 'y'))) }
      : { ...common, dtype: 'float32', data: together(targets, new Float32Array(elements(batches, 'y'))) },
  };
}

const elements = (batches: readonly Batch[], part: 'x' | 'y'): number => batches.reduce((sum, batch) => sum + batch[part].data.length, 0);

function together<Data extends Float32Array | Int32Array>(parts: readonly ArrayLike<number>[], out: Data): Data {
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
