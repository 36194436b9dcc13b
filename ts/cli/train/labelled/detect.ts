import { placeOf, preprocess } from '../../../image/preprocess.js';
import { models } from '../../../entries/index.js';
import type { TruthBox } from '../../../entries/train-inline.js';
import type { LabelledImage } from '../../../entries/vision.js';
import { evaluateBoxes } from '../../evaluate/boxes.js';
import type { AnsweredBox, AskBoxes, Detector } from '../../evaluate/boxes.js';
import type { Answering, Example, Learned, LabelledTask } from './task.js';

/** Pixels of the input from a cell to the next, for each level. */
const STRIDES = [8, 16] as const;
/** Of the loss of classes for each of them: the loss is a mean over classes. */
const CLASS_WEIGHT = 2;
/** What counts is the order of the scores: COCO's numbers want all boxes. */
const ASK: AskBoxes = { score: 0.01, max: 100 };

/** Boxes: a small YOLO of two levels, from the photo letterboxed into a square. */
export const detectTask: LabelledTask<readonly TruthBox[], Answering & Detector> = {
  name: 'detect', networks: ['tinyYolo'], multiple: 16, largest: 320, square: true,
  preprocess: { resize: 'letterbox', scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1], order: 'rgb' },
  build(training, { classes: { length: classes }, size }) {
    const options = { classes, inChannels: 3, size: size[0], strides: STRIDES };
    return {
      learning: models.tinyYolo({ ...options, decoded: false }), kept: models.tinyYolo(options), constants: training.yoloConstants({ size, strides: STRIDES }),
      losses: training.yoloLosses({ classes: CLASS_WEIGHT * classes }), task: { kind: 'detect', head: 'yolov8', strides: STRIDES },
    };
  },
  example: ({ image, boxes }, learned) => ({ x: preprocess(image, learned.spec).data, truth: boxesOn(image, boxes, learned) }),
  targets: (training, truths, { classes, size }) => training.yoloTargets(truths, { size, strides: STRIDES, classes: classes.length }),
  async judge(data, model) {
    const detector = { detect: (photo: LabelledImage['image'], ask: AskBoxes): Promise<{ readonly boxes: readonly AnsweredBox[] }> => model.detect(photo, ask) };
    const { result: { ap, ap50 } } = await evaluateBoxes(data, detector, ASK, {});
    return { mAP50: ap50, mAP: ap };
  },
};

/** What of each object is on the photo, in pixels of the input; groups that nobody counted are left out. */
function boxesOn(image: LabelledImage['image'], boxes: LabelledImage['boxes'], { spec }: Learned): Example<readonly TruthBox[]>['truth'] {
  const { resized: [height, width], frame } = placeOf(image, spec);
  const [x, y] = [width / image.width, height / image.height];
  const within = (value: number, most: number): number => Math.min(Math.max(value, 0), most);
  return boxes.filter(({ crowd }) => !crowd).flatMap((box): TruthBox[] => {
    const [left, right] = [box.left, box.left + box.width].map((value) => within(value, image.width)) as [number, number];
    const [top, bottom] = [box.top, box.top + box.height].map((value) => within(value, image.height)) as [number, number];
    if (!(right > left && bottom > top)) return [];
    return [{ left: left * x + (frame?.left ?? 0), top: top * y + (frame?.top ?? 0), width: (right - left) * x, height: (bottom - top) * y, index: box.index }];
  });
}
