import { ArgumentError } from './errors.js';

/** The names of all options of a type: the compiler refuses a list that lacks one or has another. */
export function optionNames<Options extends object>(names: Readonly<Record<keyof Options, true>>): readonly string[] {
  return Object.keys(names);
}

/**
 * Refuses an option that does not exist, naming the nearest that does. `undefined` stands for no options.
 * @param place - the function that takes the options, for the message
 * @param options - what was given
 * @param known - names of the options there are
 * @throws ArgumentError for an unknown name, or for what is no object
 */
export function checkOptions(place: string, options: unknown, known: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    const expected = `an object of options (${known.join(', ')})`;
    const got = options === null ? 'null' : Array.isArray(options) ? 'an array' : `a ${typeof options}`;
    throw new ArgumentError(`${place}: expected ${expected}, got ${got}`, { place, expected, got });
  }
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, known);
  const hint = near === undefined ? `there are ${known.join(', ')}` : `did you mean ${near}?`;
  throw new ArgumentError(`${place}: there is no option ${unknown}; ${hint}`, {
    place,
    expected: known.join(', '),
    got: unknown,
    hint,
  });
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
