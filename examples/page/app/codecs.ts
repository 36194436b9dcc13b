/** How values are written in the address. What a stranger wrote there may be anything: `read` gives undefined for what does not fit. */
export interface Codec<T> {
  readonly write: (value: T) => string;
  readonly read: (text: string) => T | undefined;
}

const inRange = (text: string, min: number, max: number): number | undefined => {
  const value = Number(text);
  return text.trim() !== '' && value >= min && value <= max ? value : undefined;
};

/** A number of a range. */
export const real = (min: number, max: number): Codec<number> => ({ write: (value) => String(Number(value.toPrecision(6))), read: (text) => inRange(text, min, max) });

/** A whole number of a range. */
export const whole = (min: number, max: number): Codec<number> => ({
  write: String,
  read: (text) => {
    const value = inRange(text, min, max);
    return Number.isInteger(value) ? value : undefined;
  },
});

export const flag: Codec<boolean> = { write: (value) => (value ? '1' : '0'), read: (text) => (text === '1' ? true : text === '0' ? false : undefined) };

/** One of some words. */
export const oneOf = <T extends string>(...words: readonly T[]): Codec<T> => ({ write: (value) => value, read: (text) => words.find((word) => word === text) });

/** So many numbers of a range, as a matrix is written. */
export const numbers = (count: number, min: number, max: number): Codec<readonly number[]> => ({
  write: (values) => values.map((value) => Number(value.toPrecision(6))).join(','),
  read: (text) => {
    const values = text.split(',').map((part) => inRange(part, min, max));
    return values.length === count && values.every((value) => value !== undefined) ? (values as number[]) : undefined;
  },
});
