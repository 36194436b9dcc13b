import { scanScores } from '../../boxes/scan.js';
import { floatsOf } from '../floats.js';
import type { Head, HeadOutput, HeadQuestion, HeadReading, RawBoxes } from '../head.js';
import { joined } from '../joined.js';

const STRIDES = [8, 16, 32];
/** By which distances are told from scores where nobody says how many classes there are. */
const USUAL_BINS = [8, 11, 17];

interface Level {
  readonly stride: number;
  readonly cells: number;
  readonly width: number;
  readonly classes: number;
  readonly bins: number;
  readonly scores: HeadOutput;
  readonly sides: HeadOutput;
}

/** The levels, or why there are none. */
function levelsOf({ outputs, size: [height, width], spec, labels }: HeadQuestion): readonly Level[] | string {
  const strides = spec.strides ?? STRIDES;
  if (outputs.length !== 2 * strides.length) return `needs two outputs for each of the strides ${strides.join(', ')}`;
  const levels: Level[] = [];
  for (const stride of strides) {
    const columns = Math.ceil(width / stride);
    const cells = Math.ceil(height / stride) * columns;
    const both = outputs.filter(({ shape: [n, count], shape }) => shape.length === 3 && n === 1 && count === cells);
    const sides = both.find(({ shape: [, , last = 0] }) => (labels === undefined ? USUAL_BINS.includes(last / 4) : last !== labels));
    const scores = both.find((output) => output !== sides);
    const [classes = 0, numbers = 0] = [scores?.shape[2], sides?.shape[2]];
    if (!scores || !sides) return `needs two outputs [1, ${cells}, ...] for stride ${stride}`;
    if (numbers % 4 !== 0 || numbers < 8) return `needs 4 sides of at least two bins each in ${sides.name}`;
    levels.push({ stride, cells, width: columns, classes, bins: numbers / 4, scores, sides });
  }
  return levels;
}

/** The expectation of a softmax over the bins. */
function distance(values: Float32Array, from: number, bins: number): number {
  let [sum, weighted, largest] = [0, 0, -Infinity];
  for (let i = 0; i < bins; i++) largest = Math.max(largest, values[from + i]!);
  for (let i = 0; i < bins; i++) {
    const power = Math.exp(values[from + i]! - largest);
    sum += power;
    weighted += power * i;
  }
  return weighted / sum;
}

function readLevel({ stride, cells, width, classes, bins, scores, sides }: Level, { instance, tensors, score, most }: HeadReading): RawBoxes {
  const found = scanScores(instance, floatsOf(tensors, scores.name), {
    candidates: cells, classes, candidateStride: classes, classStride: 1, sigmoid: false, threshold: score, multiLabel: true, most,
  });
  const values = floatsOf(tensors, sides.name);
  const boxes = new Float32Array(found.indices.length * 4);
  found.indices.forEach((cell, i) => {
    // The centre of cell 0 lies between its first and its last pixel.
    const x = (cell % width) * stride + (stride - 1) / 2;
    const y = Math.floor(cell / width) * stride + (stride - 1) / 2;
    const [left, top, right, bottom] = [0, 1, 2, 3].map((side) => distance(values, (cell * 4 + side) * bins, bins) * stride) as [number, number, number, number];
    boxes.set([x - left, y - top, x + right, y + bottom], 4 * i);
  });
  return { boxes, scores: found.scores, classes: found.classes };
}

/**
 * NanoDet: for each stride scores [1, cells, classes], behind their sigmoid, and distances of the four sides as distributions over bins
 * [1, cells, 4 * bins] (Li et al. 2020, generalized focal loss, arXiv 2006.04388).
 */
export const nanodet: Head = {
  name: 'nanodet',
  about: 'scores and distributions of the four sides, for each stride',
  misfit(question) {
    const levels = levelsOf(question);
    return typeof levels === 'string' ? levels : undefined;
  },
  read(reading) {
    const levels = levelsOf(reading);
    const found = typeof levels === 'string' ? [] : levels.map((level) => readLevel(level, reading));
    return joined(found);
  },
};
