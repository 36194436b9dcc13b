import { UnsupportedError } from '../../base/errors.js';
import { showShape } from '../../base/show.js';
import type { Head, HeadQuestion } from './head.js';
import { nanodet } from './heads/nanodet.js';

/** All forms there are. */
export const HEADS: readonly Head[] = [nanodet];

/**
 * The form that outputs are in: the one that was named, else the only one that fits.
 * @throws UnsupportedError where none fits, the named one does not, or several do; it says why
 */
export function chooseHead(question: HeadQuestion): Head {
  const { head: named } = question.spec;
  if (named !== undefined) return namedHead(named, question);
  const fitting = HEADS.filter((head) => head.misfit(question) === undefined);
  if (fitting.length === 1) return fitting[0]!;
  const several = fitting.map(({ name }) => name).join(', ');
  const reason = several === '' ? 'no known form of detectors fits' : `more than one form fits (${several})`;
  const hint = several === '' ? 'use run()' : "say which: load(file, { task: { kind: 'detect', head: ... } })";
  return refuse(question, `${reason} the outputs`, 'outputs of a detector', hint);
}

function namedHead(named: Head['name'], question: HeadQuestion): Head {
  const head = HEADS.find(({ name }) => name === named)!;
  const reason = head.misfit(question);
  return reason === undefined ? head : refuse(question, `the form ${named} ${reason}`, named, 'name another head, or none');
}

function refuse({ outputs }: HeadQuestion, reason: string, expected: string, hint: string): never {
  const got = outputs.map(({ name, shape }) => `${name} ${showShape(shape)}`).join(', ');
  throw new UnsupportedError(`detect: ${reason}, got ${got}; ${hint}`, { place: 'detect', expected, got, hint });
}
