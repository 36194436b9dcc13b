import { showValue } from './show.js';
import { wrong } from './wrong.js';

/** @throws ArgumentError for what is no object, or a list */
export function expectObject(place: string, expected: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) wrong(place, expected, showValue(value));
}

/** @throws ArgumentError for what is no list, or one that is not this long */
export function expectList(place: string, expected: string, value: unknown, length?: number): void {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length)) wrong(place, expected, Array.isArray(value) ? `${value.length}` : showValue(value));
}

/** @throws ArgumentError for what is no list of finite numbers, or not of so many */
export function expectNumbers(place: string, expected: string, value: unknown, length?: number): void {
  expectList(place, expected, value, length);
  const odd = Array.from(value as readonly unknown[]).find((one) => typeof one !== 'number' || !Number.isFinite(one));
  if (odd !== undefined || (value as readonly unknown[]).includes(undefined)) wrong(place, expected, showValue(odd));
}

/** @throws ArgumentError for what is no function */
export function expectFunction(place: string, expected: string, value: unknown): void {
  if (typeof value !== 'function') wrong(place, expected, showValue(value));
}
