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

/** Making one takes a hundred times as long as using it. */
const formats = new Map<string, Intl.NumberFormat>();

/** A number as people of the language write it. */
export function showNumber(value: number, digits = 2): string {
  const key = `${language.value} ${digits}`;
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.NumberFormat(language.value, { maximumFractionDigits: digits })));
  return format.format(value);
}
