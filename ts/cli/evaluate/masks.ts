import { ShapeError } from '../../entries/index.js';
import { wrong } from '../../base/wrong.js';
import { confusionMatrix } from '../../entries/vision.js';
import type { ConfusionScores, LabelledDataset, LabelMask, RgbImage } from '../../entries/vision.js';
import { some } from './boxes.js';
import type { EvaluateSettings } from './boxes.js';
import { readAhead, spread } from './some.js';

/** What says the class of each pixel of a photo. */
export interface Segmenter {
  /** Names of its classes, if it has some. */
  readonly labels?: readonly string[] | undefined;
  segment(photo: RgbImage): Promise<{ readonly mask: LabelMask }>;
}

/** What a data set of masks says of a model. */
export interface MasksReport extends Pick<ConfusionScores, 'meanIou' | 'meanDice'> {
  readonly task: 'segment';
  readonly images: number;
  /** Part of the pixels that is right. */
  readonly pixelAccuracy: number | undefined;
  readonly classes: readonly { readonly index: number; readonly label: string; readonly iou: number | undefined; readonly dice: number | undefined }[];
}

/**
 * How much of the masks is right. Classes are the same where they have the same name, else where they have the same index. A class of the
 * model that the data does not have is wrong wherever it is answered.
 * @throws ShapeError for a mask of another size than the photo; ArgumentError if no name of the model is one of the data
 */
export async function evaluateMasks(data: LabelledDataset, segmenter: Segmenter, { limit, onPhoto }: EvaluateSettings): Promise<MasksReport> {
  const { classes, ignore } = data;
  // One more than there are: what the data does not have.
  const matrix = confusionMatrix({ classes: classes.length + 1, ignore });
  const translate = translation(classes, segmenter.labels);
  const indices = spread(data.length, limit);
  let done = 0;
  for await (const { name, image, mask: truth } of readAhead(indices, (index) => data.get(index))) {
    const { mask } = await segmenter.segment(image);
    if (mask.width !== image.width || mask.height !== image.height) {
      wrong(`--model: ${name}`, `a mask of ${image.width} x ${image.height}, as the photo`, `${mask.width} x ${mask.height}`, { as: ShapeError });
    }
    matrix.add(truth!.data, Uint16Array.from(mask.data, translate));
    onPhoto?.(++done, indices.length);
  }
  const { accuracy, iou, dice } = matrix.scores();
  const each = classes.map((label, index) => ({ index, label, iou: iou[index], dice: dice[index] }));
  return { task: 'segment', images: indices.length, pixelAccuracy: accuracy, meanIou: mean(each.map((one) => one.iou)), meanDice: mean(each.map((one) => one.dice)), classes: each };
}

/** The mean of what is defined. */
function mean(values: readonly (number | undefined)[]): number | undefined {
  const defined = values.filter((value) => value !== undefined);
  return defined.length === 0 ? undefined : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

/** From a class of the model to one of the data, or the one behind them all. */
function translation(classes: readonly string[], labels: readonly string[] | undefined): (index: number) => number {
  const other = classes.length;
  if (!labels) return (index) => Math.min(index, other);
  const table = labels.map((label) => {
    const index = classes.indexOf(label);
    return index < 0 ? other : index;
  });
  if (table.every((index) => index === other)) wrong('--model', `classes of the data, ${some(classes)}`, some(labels), { hint: '--labels names the classes of the model as the data does' });
  return (index) => table[index] ?? other;
}
