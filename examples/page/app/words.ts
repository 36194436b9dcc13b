/** The languages of the page, and how its texts are kept: one object a language, of one type, so that the compiler finds what is missing. */
import { effect, signal } from '@preact/signals';

export const LANGUAGES = ['en', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A text in every language. Texts with numbers in them are functions. */
export type Words<T> = Readonly<Record<Language, T>>;

const preferred = (): Language => (navigator.languages.some((tag) => /^ko\b/i.test(tag)) ? 'ko' : 'en');

/** The language on show. The address decides it, and before there is one the browser. */
export const language = signal<Language>(preferred());

effect(() => {
  document.documentElement.lang = language.value;
});

/** The text in the language on show; a component that calls it is drawn anew when the language changes. */
export function say<T>(words: Words<T>): T {
  return words[language.value];
}

/** A number as people of both languages write it, thousands by commas. Intl writes the same, and takes the page's thread 50 ms when it is first asked. */
export function showNumber(value: number, digits = 2): string {
  const [whole = '', part] = String(Number(value.toFixed(digits))).split('.');
  const grouped = /e/.test(whole) ? whole : whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return part === undefined ? grouped : `${grouped}.${part}`;
}

/** A number with so many digits that count. */
export const showSignificant = (value: number, digits = 3): string => showNumber(Number(value.toPrecision(digits)), 9);

/** A part as per cent. */
export const showPercent = (part: number, digits = 1): string => `${showNumber(Number((100 * part).toPrecision(12)), digits)}%`;
