import { scanScores } from '../../boxes/scan.js';
import { boxReader, cornersOf } from '../box-form.js';
import type { Corners } from '../box-form.js';
import { beyondShares, floatsOf } from '../floats.js';
import { gridsOf, rowsOf } from '../grid.js';
import type { Rows } from '../grid.js';
import { rawBoxes } from '../head.js';
import type { Head, HeadOutput, HeadQuestion, HeadReading } from '../head.js';
import { softmaxed } from '../softmaxed.js';

const VARIANCES = [0.1, 0.2] as const;

/** Scores [1, n, K] and boxes [1, n, 4], and prior boxes where there are some. */
interface Parts {
  readonly scores: Rows;
  readonly boxes: Rows;
  /** [1, n, 4] or [n, 4]. */
  readonly priors: string | undefined;
}

function partsOf({ outputs }: HeadQuestion): Parts | string {
  const priors = outputs.length === 3 ? outputs.find(isPriors) : undefined;
  const both = outputs.filter((output) => output !== priors);
  const [a, b] = both.flatMap((output) => rowsOf(output) ?? []);
  if (!a || !b || both.length !== 2 || a.count !== b.count) return 'needs scores [1, n, K] and boxes [1, n, 4] of as many rows';
  const boxes = [a, b].filter(({ numbers }) => numbers === 4);
  const named = boxes.length > 1 ? boxes.filter(({ name }) => /box|loc|reg/i.test(name)) : boxes;
  const [only, second] = named;
  if (!only || second) return boxes.length > 1 ? `needs one output whose name says that it has boxes, of ${a.name} and ${b.name}` : 'needs boxes [1, n, 4]';
  return { scores: only === a ? b : a, boxes: only, priors: priors?.name };
}

const isPriors = ({ name, shape }: HeadOutput): boolean => /prior|anchor|default/i.test(name) && shape.at(-1) === 4 && shape.length <= 3;

/**
 * SSD: scores [1, n, K] and boxes [1, n, 4], which the graph has decoded; or, where prior boxes are an output beside them or the spec has
 * anchors, offsets from these, divided by variances (Liu et al. 2016, arXiv 1512.02325). Class 0 is the background unless the spec says
 * otherwise. Anchors stand in the middle of each cell unless the spec says where, all of a cell before the next.
 */
export const ssd: Head = {
  name: 'ssd',
  about: 'scores and boxes of prior boxes',
  fit(question) {
    const parts = partsOf(question);
    if (typeof parts === 'string') return parts;
    const { spec, labels } = question;
    const { numbers, count } = parts.scores;
    const background = (spec.background ?? numbers > 1) ? 1 : 0;
    if (numbers <= background) return `needs a score of a class beside the background in ${parts.scores.name}`;
    const own = spec.anchors && ownPriors(question);
    if (typeof own === 'string') return own;
    if (own && own.length !== 4 * count) return `needs ${own.length / 4} rows, as many as the anchors of all cells`;
    // Names may count the background.
    const shift = background > 0 && labels === numbers ? 1 : 0;
    const classes = numbers - background + shift;
    return { classes, read: (reading) => readRows(parts, { own, background, shift }, question, reading) };
  },
};

/** Prior boxes [n, 4] of centre and size in pixels, or why there are none. */
function ownPriors({ spec: { strides, anchors = [], anchorPlace = 0.5 }, size }: HeadQuestion): Float32Array | string {
  if (strides?.length !== anchors.length) return 'needs the option strides beside anchors, one for each list';
  const priors = gridsOf(size, strides).flatMap(({ stride, rows, columns }, i) =>
    Array.from({ length: rows * columns }, (_, cell) =>
      anchors[i]!.map(([width, height]) => [((cell % columns) + anchorPlace) * stride, (Math.floor(cell / columns) + anchorPlace) * stride, width, height])));
  return Float32Array.from(priors.flat(2));
}

interface How {
  readonly own: Float32Array | undefined;
  readonly background: number;
  readonly shift: number;
}

function readRows({ scores, boxes, priors }: Parts, { own, background, shift }: How, { spec, size }: HeadQuestion, { instance, tensors, score, most }: HeadReading) {
  const { count, numbers } = scores;
  const given = floatsOf(tensors, scores.name);
  const raw = spec.scores ?? (beyondShares(given) ? 'softmax' : 'none');
  const layout = { candidates: count, classes: numbers, candidateStride: numbers, classStride: 1, offset: 0 };
  const values = raw === 'softmax' ? softmaxed(given, layout) : given;
  const found = scanScores(instance, values, {
    ...layout, classes: numbers - background, offset: background, sigmoid: raw === 'sigmoid', threshold: score, multiLabel: true, most,
  });
  const numbersOf = (name: string) => ({ values: floatsOf(tensors, name), count, boxStride: 4, numberStride: 1 });
  const prior = own ? { values: own, count, boxStride: 4, numberStride: 1 } : priors === undefined ? undefined : numbersOf(priors);
  const said = boxReader(numbersOf(boxes.name), spec.boxes ?? 'xyxy', spec.normalized, size);
  const form = own ? 'cxcywh' : (spec.boxes ?? 'cxcywh');
  const corners = prior ? fromPriors(boxReader(prior, form, own ? false : spec.normalized, size), numbersOf(boxes.name).values, spec.variances ?? VARIANCES) : said;
  return rawBoxes({ ...found, classes: found.classes.map((index) => index + shift) }, spec.clip ? clipped(corners, size) : corners);
}

/** What of a box lies on the input, [height, width]. */
function clipped(corners: (index: number) => Corners, [height, width]: readonly [number, number]): (index: number) => Corners {
  const within = (value: number, most: number): number => Math.min(Math.max(value, 0), most);
  return (index) => {
    const [left, top, right, bottom] = corners(index);
    return [within(left, width), within(top, height), within(right, width), within(bottom, height)];
  };
}

/** Centres move by shares of the prior box, sizes grow by powers of e. */
function fromPriors(prior: (index: number) => Corners, offsets: Float32Array, [centre, size]: readonly [number, number]): (index: number) => Corners {
  return (index) => {
    const [left, top, right, bottom] = prior(index);
    const [dx = 0, dy = 0, dw = 0, dh = 0] = offsets.subarray(4 * index, 4 * index + 4);
    const [width, height] = [right - left, bottom - top];
    const [x, y] = [(left + right) / 2 + dx * centre * width, (top + bottom) / 2 + dy * centre * height];
    return cornersOf('cxcywh', x, y, width * Math.exp(dw * size), height * Math.exp(dh * size));
  };
}

