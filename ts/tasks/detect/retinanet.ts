import { placing } from '../../base/errors.js';
import { expectNumbers } from '../../base/given.js';
import { wrong } from '../../base/wrong.js';
import type { DetectSpec } from './spec.js';

const STRIDES = [8, 16, 32, 64, 128] as const;
/** Pixels of the smallest anchor of a level for one of its stride, the sizes of a place relative to it, and height by width. */
const [LEAST, OCTAVES, RATIOS] = [4, [0, 1 / 3, 2 / 3], [0.5, 1, 2]] as const;

/** Widths and heights of a level's anchors, ratios before sizes, corners rounded to whole pixels. */
function anchorsOf(stride: number): [width: number, height: number][] {
  const sizes = OCTAVES.map((octave) => Math.floor(LEAST * stride * 2 ** octave));
  const even = (pixels: number): number => 2 * roundHalfEven(pixels / 2);
  return RATIOS.flatMap((ratio) => sizes.map((size): [number, number] => [even(size / Math.sqrt(ratio)), even(size * Math.sqrt(ratio))]));
}

/** As PyTorch rounds: what is in the middle goes to the even neighbour. */
function roundHalfEven(value: number): number {
  const near = Math.round(value);
  return near - value === 0.5 && near % 2 !== 0 ? near - 1 : near;
}

/**
 * How the outputs of `retinanet_resnet50_fpn` are read, as torchvision reads them (Lin et al. 2017, arXiv 1708.02002): the sigmoid of each
 * class, offsets from nine anchors of each place. The photo is made as large as fits into the input, at its top left, with ImageNet's mean
 * and deviation. All boxes above the least score are looked at; torchvision looks at the 1000 best of each level. `index` is torchvision's
 * number of the class, of which 0 is no object.
 * @param size - height and width of the input in pixels, multiples of 128
 * @throws ArgumentError for another size
 */
export function retinanetTask(size: readonly [height: number, width: number]): DetectSpec {
  placing('retinanetTask', () => {
    expectNumbers('size', 'height and width in pixels', size, 2);
    for (const side of size) if (!(side > 0 && side % STRIDES.at(-1)! === 0)) wrong('size', 'multiples of 128', String(side));
  });
  return {
    kind: 'detect', head: 'ssd', strides: STRIDES, anchors: STRIDES.map(anchorsOf), anchorPlace: 0, variances: [1, 1], background: false,
    clip: true, scores: 'sigmoid', score: 0.05, iou: 0.5,
    preprocess: { size, resize: 'letterbox', anchor: 'start', mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  };
}
