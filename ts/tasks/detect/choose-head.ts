import { UnsupportedError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import type { Fit, Head, HeadQuestion } from './head.js';
import { blazeface } from './heads/blazeface.js';
import { centerface } from './heads/centerface.js';
import { centernet } from './heads/centernet.js';
import { nanodet } from './heads/nanodet.js';
import { nms } from './heads/nms.js';
import { ssd } from './heads/ssd.js';
import { torchvision } from './heads/torchvision.js';
import { yolov10 } from './heads/yolov10.js';
import { yolov2 } from './heads/yolov2.js';
import { yolov3 } from './heads/yolov3.js';
import { yolov5 } from './heads/yolov5.js';
import { yolov8 } from './heads/yolov8.js';
import { yolox } from './heads/yolox.js';
import type { HeadName } from './spec.js';

const HEADS: Readonly<Record<HeadName, Head>> = {
  yolov2, yolov3, yolov5, yolov8, yolov10, yolox, ssd, blazeface, centernet, centerface, torchvision, nms, nanodet,
};

/** A form, and how outputs are read that are of it. */
export interface Chosen {
  readonly head: Head;
  readonly fit: Fit;
}

/** Every form with how outputs are read that are of it, or why they are not. */
export function eachHead(question: HeadQuestion): readonly { readonly head: Head; readonly fit: Fit | string }[] {
  return Object.values(HEADS).map((head) => ({ head, fit: head.fit(question) }));
}

/**
 * The form that outputs are in: the one that was named, else the only one that fits, or of several the one of as many classes as names.
 * @throws UnsupportedError where none fits, the named one does not, or several do; it says why
 */
export function chooseHead(question: HeadQuestion): Chosen {
  const { head: named } = question.spec;
  if (named !== undefined) return namedHead(named, question);
  const every = eachHead(question).flatMap(({ head, fit }) => (typeof fit === 'string' ? [] : [{ head, fit }]));
  const labelled = every.filter(({ fit }) => fit.classes !== undefined && fit.classes === question.labels);
  const fitting = labelled.length === 1 ? labelled : every;
  if (fitting.length === 1) return fitting[0]!;
  const several = fitting.map(({ head }) => head.name).join(', ');
  const reason = several === '' ? 'no known form of detectors fits' : `more than one form fits (${several})`;
  const hint = several === '' ? "name the nearest by task: { kind: 'detect', head: ... }, which says what it lacks, or use run(); the guide examples/guides/detection.md says which files are detectors" : "say which: load(file, { task: { kind: 'detect', head: ... } })";
  return refuse(question, `${reason} the outputs`, 'outputs of a detector', hint);
}

function namedHead(named: HeadName, question: HeadQuestion): Chosen {
  const head = HEADS[named];
  const fit = head.fit(question);
  return typeof fit === 'string' ? refuse(question, `the form ${named} ${fit}`, named, 'name another head, or none') : { head, fit };
}

function refuse({ outputs }: HeadQuestion, reason: string, expected: string, hint: string): never {
  const got = outputs.map(({ name, shape }) => `${name} ${showShape(shape)}`).join(', ');
  wrong('detect', expected, `${got}: ${reason}`, { as: UnsupportedError, hint });
}
