import { nearest } from '../../base/options.js';
import { showValue } from '../../base/show.js';
import type { PhotoCall } from '../../tasks/photo-tasks.js';
import { refuse } from '../refusal.js';

/** What values of a kind are, whether they come as text of an address or a form, or in JSON. */
interface Kind {
  readonly schema: object;
  readonly expected: string;
  readonly read: (value: unknown) => unknown;
}

const NUMBER: Kind = {
  schema: { type: 'number' }, expected: 'a number',
  read: (value) => (typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : undefined),
};
const FLAG: Kind = {
  schema: { type: 'boolean' }, expected: 'true or false',
  read: (value) => (typeof value === 'boolean' ? value : value === 'true' || value === '' ? true : value === 'false' ? false : undefined),
};
const NAMES: Kind = {
  schema: { type: 'array', items: { type: 'string' } }, expected: 'names with commas between',
  read: (value) => (typeof value === 'string' ? value.split(',') : Array.isArray(value) && value.every((one) => typeof one === 'string' || typeof one === 'number') ? value : undefined),
};

/** What may be said of each question, of all that the library's calls take. */
export const PLAIN_OPTIONS: Readonly<Record<PhotoCall, Readonly<Record<string, Kind>>>> = {
  classify: { topK: NUMBER, exact: FLAG },
  detect: { score: NUMBER, iou: NUMBER, max: NUMBER, classes: NAMES, agnostic: FLAG, exact: FLAG },
  segment: { threshold: NUMBER, exact: FLAG },
  embed: { normalize: FLAG, exact: FLAG },
};

/** Which model is asked: said beside the options. */
export const WHICH = ['model', 'version'];

/** The options of a call. @throws Refusal (400) for one that does not exist, or has no meaning */
export function optionsOf(call: PhotoCall, said: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const known = PLAIN_OPTIONS[call];
  const options: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(said)) {
    if (WHICH.includes(name)) continue;
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!kind) return refuse(400, `/${call}`, `options of ${[...WHICH, ...Object.keys(known)].join(', ')}`, showValue(name.slice(0, 32)), hintOf(name, Object.keys(known)));
    options[name] = kind.read(value) ?? refuse(400, name, kind.expected, showValue(typeof value === 'string' ? value.slice(0, 32) : value));
  }
  return options;
}

function hintOf(name: string, known: readonly string[]): string | undefined {
  const near = nearest(name.slice(0, 64), known);
  return near === undefined ? undefined : `did you mean ${near}?`;
}
