import { ArgumentError } from './errors.js';

/** Names further apart than this are no slips of the keyboard. */
const MOST_EDITS = 3;

/**
 * Refuses what is no object and every option that is not known.
 * @param place - what takes the options, for messages
 * @throws ArgumentError with the nearest name there is
 */
export function checkOptions(place: string, options: unknown, known: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null) {
    const got = options === null ? 'null' : typeof options;
    throw new ArgumentError(`${place}: expected an object of options, got ${got}`, { place, expected: 'an object', got });
  }
  const got = Object.keys(options).find((name) => !known.includes(name));
  if (got === undefined) return;
  const [nearest] = known.map((name) => ({ name, edits: edits(got, name) })).sort((a, b) => a.edits - b.edits);
  const expected = known.join(', ');
  const hint = nearest && nearest.edits <= MOST_EDITS ? `did you mean ${nearest.name}?` : `it takes ${expected}`;
  throw new ArgumentError(`${place}: there is no option ${got}; ${hint}`, { place: `${place}.${got}`, expected, got, hint });
}

/** Letters to insert, delete or replace until the names are the same (Levenshtein), capitals aside. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a.toLowerCase()].entries()) {
    const above = row;
    row = [i + 1];
    for (const [j, other] of [...b.toLowerCase()].entries()) {
      row.push(Math.min((row[j] ?? 0) + 1, (above[j + 1] ?? 0) + 1, (above[j] ?? 0) + Number(letter !== other)));
    }
  }
  return row[b.length] ?? 0;
}
