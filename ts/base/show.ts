// How values are shown in messages.

/** A shape as shown in messages: [1, 3, ?, ?]; open dimensions are question marks. */
export function showShape(shape: readonly (number | null)[]): string {
  return `[${Array.from(shape, (dim: unknown) => (dim === null ? '?' : showValue(dim))).join(', ')}]`;
}

/** How many elements of a list a message shows. */
const SHOWN = 8;

/** A list by its elements, [8, 16]; of a long one the first; all else as `showValue` has it. */
export function showList(value: unknown): string {
  if (!Array.isArray(value)) return showValue(value);
  const shown = Array.from((value as readonly unknown[]).slice(0, SHOWN), showValue);
  return `[${[...shown, ...(value.length > SHOWN ? ['...'] : [])].join(', ')}]`;
}

/** What a value is, for messages: 'Uint8Array', 'null', 'string'. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  return (Object.getPrototypeOf(value) as object | null)?.constructor?.name || 'object';
}

/** A value as messages quote it: numbers themselves, texts in quotation marks, of all else what it is. */
export function showValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return /^(num|boo|und)/.test(typeof value) ? String(value) : typeName(value);
}
