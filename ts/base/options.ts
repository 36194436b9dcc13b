import { wrong } from './wrong.js';
import { showValue, typeName } from './show.js';

/** Options by name: those that are true or false are marked, of others the values are checked where they are used. */
export type KnownOptions = Readonly<Record<string, true | 'boolean'>>;

type OptionsOf<Options> = { readonly [Name in keyof Options]-?: [Exclude<Options[Name], undefined>] extends [boolean] ? 'boolean' : true };

/** All options of a type: the compiler refuses an object that lacks one, has another, or does not mark one that is true or false. */
export function optionNames<Options extends object>(names: OptionsOf<Options>): KnownOptions {
  return names;
}

/**
 * Refuses an option that does not exist, naming the nearest that does, and one that is null, or neither true nor false where it has to be.
 * `undefined` stands for no options, and for an option that is not given.
 * @param place - the function that takes the options, for the message
 * @param options - what was given
 * @param known - the options there are
 * @throws ArgumentError for an unknown name, for such a value, or for what is no object
 */
export function checkOptions(place: string, options: unknown, known: KnownOptions): void {
  if (options === undefined) return;
  const names = Object.keys(known);
  if (typeof options !== 'object' || options === null || Array.isArray(options) || isContent(options)) {
    const expected = `an object of options (${names.join(', ')})`;
    const got = options === null ? 'null' : Array.isArray(options) ? 'an array' : typeof options === 'object' ? typeName(options) : `a ${typeof options}`;
    wrong(place, expected, got);
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return checkValues(place, options as Readonly<Record<string, unknown>>, known);
  const near = nearest(unknown, names);
  const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
  wrong(place, 'an option it has', unknown, { hint });
}

/** Bytes and addresses, whose own properties are no names of options, or none. */
function isContent(value: object): boolean {
  return ArrayBuffer.isView(value) || /^(ArrayBuffer|SharedArrayBuffer|URL|Blob|File|Response|Promise)$/.test(typeName(value));
}

function checkValues(place: string, options: Readonly<Record<string, unknown>>, known: KnownOptions): void {
  for (const [name, value] of Object.entries(options)) {
    const flag = known[name] === 'boolean';
    if (value === undefined || (flag ? typeof value === 'boolean' : value !== null)) continue;
    const expected = flag ? 'true or false' : 'a value or undefined';
    const got = showValue(value);
    wrong(`${place}: ${name}`, expected, got);
  }
}

/** The known name with the fewest edits from the given one; none where that is nearly another word. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const most = Math.max(2, name.length / 3);
  let best: string | undefined;
  let least = most + 1;
  for (const other of known) {
    const begins = name.length > 1 && other.startsWith(name);
    const edits = name.length > 40 ? least : begins ? 1 : editsBetween(name.toLowerCase(), other.toLowerCase());
    if (edits < least && edits <= most && edits < other.length) [best, least] = [other, edits];
  }
  return best;
}

/** Levenshtein's distance: letters inserted, left out or replaced. */
function editsBetween(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j++) {
      row.push(Math.min(row[j]! + 1, above[j + 1]! + 1, above[j]! + Number(a[i] !== b[j])));
    }
    above = row;
  }
  return above[b.length]!;
}
