import { preprocess } from '../../../image/preprocess.js';
import { models, tensor } from '../../../entries/index.js';
import type { LabelMask, RgbImage } from '../../../entries/vision.js';
import { evaluateMasks } from '../../evaluate/masks.js';
import type { Segmenter } from '../../evaluate/masks.js';
import type { Answering, LabelledTask } from './task.js';

/** The class of each pixel: U-Net, from the photo stretched to the input. */
export const segmentTask: LabelledTask<Int32Array, Answering & Segmenter> = {
  name: 'segment', networks: ['unet'], multiple: 16, largest: 256, square: false,
  preprocess: { resize: 'stretch', scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], order: 'rgb' },
  build(training, { classes: { length: classes }, ignore }) {
    const graph = models.unet({ classes });
    const rest = ignore === undefined ? {} : { ignoreIndex: ignore };
    return {
      learning: graph, kept: graph, constants: [], task: { kind: 'segment' },
      losses: [training.crossEntropy(rest), training.dice({ softmax: true, batch: true, ...rest })],
    };
  },
  example: ({ image, mask }, { spec, size }) => ({ x: preprocess(image, spec).data, truth: stretched(mask!, size) }),
  targets(_, truths, { size }) {
    const target = tensor(Int32Array.from(truths.flatMap((truth) => [...truth])), [truths.length, ...size], 'int32');
    return [target, target];
  },
  async judge(data, model) {
    const segmenter: Segmenter = { labels: model.labels, segment: (photo: RgbImage) => model.segment(photo) };
    const { meanIou, pixelAccuracy } = await evaluateMasks(data, segmenter, {});
    return { meanIou, pixelAccuracy };
  },
};

/** The classes that the middles of the input's pixels have on the photo: between two classes there is no third. */
function stretched({ data, width, height }: LabelMask, [rows, columns]: readonly [number, number]): Int32Array {
  const out = new Int32Array(rows * columns);
  for (let y = 0, to = 0; y < rows; y++) {
    const row = Math.floor(((y + 0.5) * height) / rows) * width;
    for (let x = 0; x < columns; x++) out[to++] = data[row + Math.floor(((x + 0.5) * width) / columns)]!;
  }
  return out;
}
