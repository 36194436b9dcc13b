/** Amounts with their units, as people of the language write them. Intl writes the same, and is slow when it is first asked. */
import { language, showSignificant } from '../app/words.js';

const UNITS = ['kB', 'MB', 'GB'] as const;

/** Bytes in the unit that gives 1 to 1000, three digits. */
export function showBytes(bytes: number): string {
  const step = Math.min(UNITS.length, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const number = showSignificant(bytes / 1000 ** step);
  if (language.value === 'ko') return `${number}${step === 0 ? '바이트' : UNITS[step - 1]}`;
  return `${number} ${step === 0 ? (number === '1' ? 'byte' : 'bytes') : UNITS[step - 1]}`;
}
