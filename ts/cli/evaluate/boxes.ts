import { wrong } from '../../base/wrong.js';
import { cocoEvaluator } from '../../entries/vision.js';
import type { Box, CocoResult, FoundBox, LabelledDataset, RgbImage } from '../../entries/vision.js';
import { listed } from '../output.js';
import { readAhead, spread } from './some.js';

/** A box as a model answers it. */
export interface AnsweredBox extends Box {
  readonly score: number;
  readonly label: string | undefined;
  readonly index: number;
}

/** How a model is asked for boxes. */
export interface AskBoxes {
  readonly score?: number | undefined;
  readonly iou?: number | undefined;
  readonly max?: number | undefined;
}

/** What finds boxes on photos. */
export interface Detector {
  detect(photo: RgbImage, options: AskBoxes): Promise<{ readonly boxes: readonly AnsweredBox[] }>;
}

/** What a data set of boxes says of a model. */
export interface BoxesReport {
  readonly task: 'detect';
  readonly result: CocoResult;
  /** Boxes of classes that the data does not have, which do not count. */
  readonly strangers: number;
}

/** What the command line says of an evaluation, whatever is evaluated. */
export interface EvaluateSettings {
  readonly limit?: number | undefined;
  /** Told after each photo. */
  readonly onPhoto?: (done: number, all: number) => void;
}

/**
 * COCO's numbers of a model. Classes are the same where they have the same name; of a model without names, where they have the same index.
 * @throws ArgumentError if none of the boxes has a class of the data; what the data set and the model throw
 */
export async function evaluateBoxes(data: LabelledDataset, detector: Detector, ask: AskBoxes, { limit, onPhoto }: EvaluateSettings): Promise<BoxesReport> {
  const evaluator = cocoEvaluator({ classes: data.classes });
  const byName = new Map(data.classes.map((name, index) => [name, index]));
  const indices = spread(data.length, limit);
  const unknown = new Map<string, number>();
  let [done, known] = [0, 0];
  for await (const { id, image, boxes: truths } of readAhead(indices, (index) => data.get(index))) {
    const { boxes } = await detector.detect(image, ask);
    const found = boxes.flatMap((box): FoundBox[] => {
      const index = box.label === undefined ? box.index : byName.get(box.label);
      if (index !== undefined && index < data.classes.length) return [{ left: box.left, top: box.top, width: box.width, height: box.height, score: box.score, index }];
      const name = box.label ?? `class ${box.index}`;
      unknown.set(name, (unknown.get(name) ?? 0) + 1);
      return [];
    });
    known += found.length;
    evaluator.add(id, truths, found);
    onPhoto?.(++done, indices.length);
  }
  if (known === 0 && unknown.size > 0) {
    const hint = '--labels names the classes of the model as the data does';
    wrong('--model', `classes of the data, ${some(data.classes)}`, some([...unknown.keys()]), { hint });
  }
  return { task: 'detect', result: evaluator.result(), strangers: [...unknown.values()].reduce((sum, count) => sum + count, 0) };
}

/** The first names of many. */
export function some(names: readonly string[]): string {
  return listed(names, 5);
}
