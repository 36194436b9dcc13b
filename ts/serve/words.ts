import type { ReceptiveError } from '../base/errors.js';
import { DATATYPES } from './oip/datatypes.js';

/** What a value of JSON is called in messages. */
export function jsonName(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'number') return 'a number';
  return typeof value === 'boolean' ? String(value) : 'an object';
}

const BY_TENSORS = 'send tensors to /v2/models/NAME/infer';

/** What clients can do in place of what callers of the library can. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/^use (classify|detect|segment|embed)\(\), or run\(\)$/, `ask /$1, or ${BY_TENSORS}`],
  [/^.*\brun\(\).*$/, BY_TENSORS],
  [/^scale the image down first.*$/, 'send a smaller photo'],
  [/^render it first.*$/, 'send it as PNG'],
  [/^check the address.*$/, 'send the bytes of the photo itself'],
  [/^give (an? \w.*)$/, 'send $1'],
];

/** Code, options and classes, which no client has. */
const CODE = /[(){}]|\boptions?\b|\w:|\bawait\b|\breceptive\b|\bcanvas\b/;

/** The message of an error of the library as clients of the service read it: what to do about it is said in their words or not at all. */
export function forClients({ message, hint, code }: ReceptiveError): string {
  const said = hint !== undefined && message.endsWith(`; ${hint}`) ? message.slice(0, -hint.length - 2) : message;
  const types = code === 'dtype' ? said.replace(/\b(bool|u?int(8|16|32|64)|float(32|64))\b/g, (dtype) => DATATYPES[dtype as keyof typeof DATATYPES]) : said;
  const [pattern, words] = HINTS.find(([one]) => one.test(hint ?? '')) ?? [];
  const advice = pattern && words !== undefined ? hint?.replace(pattern, words) : hint !== undefined && CODE.test(hint) ? undefined : hint;
  return advice === undefined ? types : `${types}; ${advice}`;
}
