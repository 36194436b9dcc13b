import type { DetectSpec } from './spec.js';

/** Pixels of the input, and cells along a side of each map. */
const [SIZE, CELLS] = [320, [20, 10, 5, 3, 2, 1]] as const;
/** Sizes of default boxes as shares of the input: of the first map, and of the last. */
const [LEAST, MOST] = [0.2, 0.95] as const;
const RATIOS = [2, 3] as const;

/** Widths and heights of a map's default boxes in pixels, none larger than the input: two squares, then each ratio both ways. */
function defaultBoxes(map: number): [width: number, height: number][] {
  const scale = (i: number): number => (i < CELLS.length ? LEAST + ((MOST - LEAST) * i) / (CELLS.length - 1) : 1);
  const size = scale(map);
  const between = Math.sqrt(size * scale(map + 1));
  const shares: [number, number][] = [[size, size], [between, between]];
  for (const ratio of RATIOS) {
    const [long, short] = [size * Math.sqrt(ratio), size / Math.sqrt(ratio)];
    shares.push([long, short], [short, long]);
  }
  return shares.map(([width, height]) => [SIZE * Math.min(1, width), SIZE * Math.min(1, height)]);
}

/**
 * How the outputs of `ssdlite320_mobilenet_v3_large` are read, as torchvision reads them (Liu et al. 2016, arXiv 1512.02325): the softmax of
 * classes with the background first, offsets from 3234 default boxes. The photo is stretched to 320 x 320 pixels, from -1 to 1. All boxes
 * above the least score are looked at; torchvision looks at the 300 best of each class. `index` is the class less 1 unless there are as many
 * `labels` as classes with the background: then `index` counts it.
 */
export const ssdlite320Task: DetectSpec = {
  kind: 'detect', head: 'ssd', strides: CELLS.map((cells) => SIZE / cells), anchors: CELLS.map((_, map) => defaultBoxes(map)),
  clip: true, scores: 'softmax', score: 0.001, iou: 0.55, preprocess: 'tf',
};
