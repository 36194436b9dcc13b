/** Numbers of the race as people read them. */
import { language } from '../../app/words.js';

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

export function showBytes(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return new Intl.NumberFormat(language.value, { style: 'unit', unit: UNITS[step]!, unitDisplay: step === 0 ? 'long' : 'short', maximumSignificantDigits: 3 }).format(bytes / 1000 ** step);
}

/** With the language's word for thousands and millions. */
export const showLarge = (value: number): string => new Intl.NumberFormat(language.value, { notation: 'compact', maximumSignificantDigits: 3 }).format(value);

export const showDigits = (value: number): string => new Intl.NumberFormat(language.value, { maximumSignificantDigits: 3 }).format(value);

export const showTiny = (value: number): string => (value === 0 ? '0' : new Intl.NumberFormat(language.value, { notation: 'scientific', maximumSignificantDigits: 2 }).format(value));
