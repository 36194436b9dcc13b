/** The equation of an Einsum: a letter names a dimension. */
export interface Equation {
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/** A dimension that an ellipsis stands for, counted from the last. */
const hidden = (fromLast: number): string => `...${fromLast}`;

function letters(term: string, rank: number): readonly string[] | undefined {
  const parts = term.split('...');
  if (parts.length > 2 || !/^[a-zA-Z]*$/.test(parts.join(''))) return undefined;
  const named = parts.join('').length;
  if (parts.length === 1) return named === rank ? [...term] : undefined;
  const more = Array.from({ length: rank - named }, (_, i) => hidden(rank - named - 1 - i));
  return rank < named ? undefined : [...parts[0]!, ...more, ...parts[1]!];
}

/** Without an output it has each letter that stands once, in the order of the alphabet, behind what an ellipsis stands for. */
function implied(inputs: readonly (readonly string[])[]): readonly string[] {
  const all = inputs.flat();
  const once = [...new Set(all)].filter((name) => name.startsWith('.') || all.indexOf(name) === all.lastIndexOf(name));
  return once.sort((a, b) => Number(b.startsWith('.')) - Number(a.startsWith('.')) || (a.startsWith('.') ? Number(b.slice(3)) - Number(a.slice(3)) : a < b ? -1 : 1));
}

/** What an equation says of inputs of these ranks; undefined where it does not fit them, or a letter stands twice in one input. */
export function equationOf(text: string, ranks: readonly number[]): Equation | undefined {
  const [left = '', right] = text.replace(/\s/g, '').split('->');
  const terms = left.split(',');
  const inputs = terms.map((term, i) => letters(term, ranks[i] ?? -1));
  if (terms.length !== ranks.length || !inputs.every((input) => input !== undefined)) return undefined;
  if (inputs.some((input) => new Set(input).size !== input.length)) return undefined;
  const most = inputs.flat().filter((name) => name.startsWith('.'));
  const output = right === undefined ? implied(inputs) : letters(right, right.replace('...', '').length + (right.includes('...') ? new Set(most).size : 0));
  const known = output?.every((name) => inputs.some((input) => input.includes(name)));
  return output && known && new Set(output).size === output.length ? { inputs, output } : undefined;
}
