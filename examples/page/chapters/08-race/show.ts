/** Numbers of the race as people read them. */
import { language, showSignificant } from '../../app/words.js';

/** With the language's word for thousands and millions. */
export const showLarge = (value: number): string => new Intl.NumberFormat(language.value, { notation: 'compact', maximumSignificantDigits: 3 }).format(value);

export const showDigits = (value: number): string => showSignificant(value);

export const showTiny = (value: number): string => (value === 0 ? '0' : new Intl.NumberFormat(language.value, { notation: 'scientific', maximumSignificantDigits: 2 }).format(value));
