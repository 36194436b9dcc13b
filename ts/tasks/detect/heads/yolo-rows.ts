import { scanScores } from '../../boxes/scan.js';
import { boxReader } from '../box-form.js';
import type { Corners } from '../box-form.js';
import { floatsOf } from '../floats.js';
import type { Rows } from '../grid.js';
import { rawBoxes } from '../head.js';
import type { Fit, HeadQuestion } from '../head.js';

/** How rows of four numbers, perhaps an objectness, and scores are read. */
export interface RowsForm {
  readonly objectness: boolean;
  readonly classes: number;
  /** The box of a row, where that is not what the row says. */
  readonly corners?: ((values: Float32Array) => ((index: number) => Corners) | undefined) | undefined;
}

/** Reads rows: of each the class of the highest score. */
export function rowsFit(rows: Rows, form: RowsForm, question: HeadQuestion): Fit {
  const { objectness, classes, corners } = form;
  const { spec, size } = question;
  const { name, count, rowStride, numberStride } = rows;
  return {
    classes,
    ...masksOf(rows, form, question),
    read({ instance, tensors, score, most }) {
      const values = floatsOf(tensors, name);
      const found = scanScores(instance, values, {
        candidates: count, classes, candidateStride: rowStride, classStride: numberStride, offset: (objectness ? 5 : 4) * numberStride,
        ...(objectness ? { objectness: { offset: 4 * numberStride, stride: rowStride } } : {}),
        sigmoid: spec.scores === 'sigmoid', threshold: score, most,
      });
      const said = (): ((index: number) => Corners) =>
        boxReader({ values, count, boxStride: rowStride, numberStride }, spec.boxes ?? 'cxcywh', spec.normalized, size);
      return rawBoxes(found, corners?.(values) ?? said());
    },
  };
}

/** Masks of models that give [1, P, h, w] prototypes, and P coefficients behind the scores of each row. */
function masksOf({ name, numbers, rowStride, numberStride }: Rows, { objectness, classes }: RowsForm, { outputs }: HeadQuestion): Pick<Fit, 'masks'> {
  const first = (objectness ? 5 : 4) + classes;
  const maps = outputs.find(({ shape }) => shape.length === 4);
  const [, count = 0, height = 0, width = 0] = maps?.shape ?? [];
  if (!maps || numbers !== first + count) return {};
  return {
    masks(tensors, from) {
      const values = floatsOf(tensors, name);
      const coefficients = new Float32Array(from.length * count);
      coefficients.forEach((_, i) => (coefficients[i] = values[from[Math.floor(i / count)]! * rowStride + (first + (i % count)) * numberStride]!));
      return { prototypes: { data: floatsOf(tensors, maps.name), count, height, width }, coefficients };
    },
  };
}

/** The only output of three dimensions, where the others are maps beside it; undefined where there is none or more. */
export function onlyRows({ outputs }: HeadQuestion): HeadQuestion['outputs'][number] | undefined {
  const [first, second] = outputs.filter(({ shape }) => shape.length === 3);
  return second === undefined && outputs.every(({ shape }) => shape.length >= 3) ? first : undefined;
}

/** How many numbers of a row are not read: what the spec says, else a coefficient for each of the prototypes of masks beside it. */
export function extraOf({ outputs, spec }: HeadQuestion): number {
  return spec.extra ?? outputs.find(({ shape }) => shape.length === 4)?.shape[1] ?? 0;
}
