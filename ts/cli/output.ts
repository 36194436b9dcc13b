/** Where a command writes; tests put their own in its place. */
export interface Output {
  out(text: string): void;
  err(text: string): void;
}

/** Ends a command after its errors have been written. */
export class AlreadyTold extends Error {
  /** @param exitCode - of the command */
  constructor(
    message = '',
    readonly exitCode = 1,
  ) {
    super(message);
  }
}

/**
 * Columns of text, the first row as the head. Columns whose cells (below the head) are all numbers stand to the right.
 */
export function table(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const shape = Array.from({ length: columns }, (_, c) => ({
    width: Math.max(...rows.map((row) => (row[c] ?? '').length)),
    right: rows.slice(1).every((row) => /^(-?[\d.,]+( ?%)?|)$/.test(row[c] ?? '')),
  }));
  const line = (row: readonly string[]): string =>
    shape.map(({ width, right }, c) => (right ? (row[c] ?? '').padStart(width) : (row[c] ?? '').padEnd(width))).join('  ').trimEnd();
  return rows.map(line).join('\n');
}

/** Names with commas between; those that have one themselves, or a quote, stand in quotes, so that each shows where it ends. */
export function listed(names: readonly string[], most = names.length): string {
  const shown = names.slice(0, most).map((name) => (/[,"]/.test(name) ? JSON.stringify(name) : name)).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** Thousands apart: 1,235,496. */
export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** Milliseconds with three digits, down to a microsecond. */
export function ms(value: number): string {
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

/** Bytes in the unit that fits. */
export function bytes(value: number): string {
  if (value < 1e3) return `${value} B`;
  if (value < 1e6) return `${(value / 1e3).toFixed(1)} kB`;
  if (value < 1e9) return `${(value / 1e6).toFixed(1)} MB`;
  return `${(value / 1e9).toFixed(2)} GB`;
}

/** One JSON document, as `--json` prints it. */
export function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
