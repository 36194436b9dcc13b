import { scanScores } from '../../boxes/scan.js';
import { boxReader } from '../box-form.js';
import { classOf } from '../class-of.js';
import { floatsOf } from '../floats.js';
import { rawBoxes } from '../head.js';
import type { Head, HeadOutput, HeadQuestion } from '../head.js';

const INTEGERS: readonly unknown[] = ['int64', 'int32', 'uint8', 'uint32', 'uint64'];

/** The outputs, by what they hold. */
interface Parts {
  readonly boxes: HeadOutput;
  readonly scores: HeadOutput;
  readonly labels: HeadOutput;
  /** How many boxes there are, where they are filled up to a fixed number. */
  readonly count: HeadOutput | undefined;
}

const elements = ({ shape }: HeadOutput): number => shape.reduce((product, dim) => product * dim, 1);

function partsOf({ outputs }: HeadQuestion): Parts | string {
  const expected = 'needs boxes [n, 4], and labels [n] and scores [n] of them';
  const boxes = outputs.find(({ shape }) => shape.at(-1) === 4 && (shape.length === 2 || (shape.length === 3 && shape[0] === 1)));
  if (!boxes) return expected;
  const n = elements(boxes) / 4;
  const lists = outputs.filter((output) => output !== boxes && isList(output) && elements(output) === n);
  const count = outputs.find((output) => /num/i.test(output.name) && elements(output) === 1 && output !== boxes);
  const [a, b, third] = lists.filter((output) => output !== count);
  if (!a || !b || third) return expected;
  const scores = scoresOf(a, b);
  if (!scores) return `needs two outputs of which types or names tell scores from labels, ${a.name} and ${b.name} do not`;
  return { boxes, scores, labels: scores === a ? b : a, count };
}

const isList = ({ shape }: HeadOutput): boolean => shape.length === 1 || (shape.length === 2 && shape[0] === 1);

function scoresOf(a: HeadOutput, b: HeadOutput): HeadOutput | undefined {
  const rules: readonly ((output: HeadOutput) => boolean)[] = [
    ({ dtype }) => !INTEGERS.includes(dtype), ({ name }) => /score|conf|prob/i.test(name), ({ name }) => !/label|class/i.test(name),
  ];
  const telling = rules.find((rule) => rule(a) !== rule(b));
  return telling && (telling(a) ? a : b);
}

/**
 * Exports of torchvision's detectors, and others that choose boxes themselves: boxes [n, 4], labels [n] and scores [n], perhaps as
 * [1, n, 4] and [1, n], of which a count says how many there are. What overlaps the graph has dropped. Labels are indexes as they are,
 * and fit the categories that torchvision gives with its weights, of which the first is `__background__`; where the spec says that class
 * 0 is the background they are counted without it, and fit names without it.
 */
export const torchvision: Head = {
  name: 'torchvision',
  about: 'boxes, their labels and scores; the graph has dropped what overlaps',
  fit(question) {
    const parts = partsOf(question);
    if (typeof parts === 'string') return parts;
    const { boxes, scores, labels, count } = parts;
    const { spec, size } = question;
    return {
      suppressed: true,
      read({ instance, tensors, score, most }) {
        const all = elements(scores);
        const n = count ? Math.min(all, Math.max(0, Math.trunc(floatsOf(tensors, count.name)[0]!) || 0)) : all;
        const found = scanScores(instance, floatsOf(tensors, scores.name), { candidates: n, classes: 1, candidateStride: 1, classStride: 1, sigmoid: false, threshold: score, most });
        const index = floatsOf(tensors, labels.name);
        // TensorFlow's detectors say y first.
        const form = spec.boxes ?? (/^detection_boxes/.test(boxes.name) ? 'yxyx' : 'xyxy');
        const corners = boxReader({ values: floatsOf(tensors, boxes.name), count: n, boxStride: 4, numberStride: 1 }, form, spec.normalized, size);
        const first = spec.background ? 1 : 0;
        return rawBoxes({ ...found, classes: Uint32Array.from(found.indices, (i) => classOf(index[i]! - first)) }, corners);
      },
    };
  },
};
