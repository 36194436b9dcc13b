import { boxReader } from '../box-form.js';
import { floatsOf } from '../floats.js';
import { rowsOf } from '../grid.js';
import type { Rows } from '../grid.js';
import { rawBoxes } from '../head.js';
import type { Head, HeadOutput, HeadQuestion } from '../head.js';

interface Parts {
  readonly boxes: Rows;
  /** Rows are classes. */
  readonly scores: Rows;
  readonly selected: HeadOutput;
}

const EXPECTED = 'needs boxes [1, n, 4], scores [1, C, n] and selected indices [m, 3] of whole numbers';

function partsOf({ outputs }: HeadQuestion): Parts | string {
  const selected = outputs.find(({ shape, dtype }) => shape.at(-1) === 3 && shape.length <= 3 && /int/.test(dtype));
  const [a, b, third] = outputs.filter((output) => output !== selected).flatMap((output) => rowsOf(output) ?? []);
  if (!selected || !a || !b || third || outputs.length !== 3) return EXPECTED;
  const boxes = [a, b].find(({ numbers, count }) => numbers === 4 && [a, b].some((other) => other.numbers === count));
  return boxes ? { boxes, scores: boxes === a ? b : a, selected } : EXPECTED;
}

/**
 * Graphs that end in ONNX's NonMaxSuppression: boxes [1, n, 4], scores [1, C, n], and of those that were chosen the numbers of image,
 * class and box [m, 3]. The boxes are corners with y first, as the operator has them unless it is told otherwise.
 */
export const nms: Head = {
  name: 'nms',
  about: 'boxes, scores, and the indices that NonMaxSuppression selected',
  fit(question) {
    const parts = partsOf(question);
    if (typeof parts === 'string') return parts;
    const { boxes, scores, selected } = parts;
    const { spec, size } = question;
    return {
      classes: scores.count,
      suppressed: true,
      read({ tensors, score, most }) {
        const all = floatsOf(tensors, scores.name);
        const indices = floatsOf(tensors, selected.name);
        const rows = Array.from({ length: indices.length / 3 }, (_, row) => [indices[3 * row]!, indices[3 * row + 1]!, indices[3 * row + 2]!] as const);
        // Operators of fixed size fill up with -1.
        const chosen = rows.filter(([image, index, box]) => image === 0 && index >= 0 && index < scores.count && box >= 0 && box < boxes.count);
        const scored = chosen.map(([, index, box]) => ({ index, box, value: all[index * boxes.count + box]! })).filter(({ value }) => value > score);
        const found = scored.sort((a, b) => b.value - a.value).slice(0, most);
        const corners = boxReader({ values: floatsOf(tensors, boxes.name), count: boxes.count, boxStride: 4, numberStride: 1 }, spec.boxes ?? 'yxyx', spec.normalized, size);
        return rawBoxes({
          indices: Uint32Array.from(found, ({ box }) => box), classes: Uint32Array.from(found, ({ index }) => index), scores: Float32Array.from(found, ({ value }) => value),
        }, corners);
      },
    };
  },
};
