/** The address says all: language, chapter and what a learner has set, as in `#/ko/by-hand?step=4`. So a teacher can share what is on show. */
import { batch, effect, signal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { SLUGS } from './chapters.js';
import type { Codec } from './codecs.js';
import { language, LANGUAGES } from './words.js';

/** The chapter on show. */
export const chapter = signal<string>(SLUGS[0] ?? '');

/** What the address says of the chapter on show. */
let state = new URLSearchParams();

/** Counts addresses that came from outside: by a link, by the back button. */
const arrivals = signal(0);

function read(): void {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [first = '', second = ''] = path.split('/');
  const known = LANGUAGES.find((one) => one === first);
  batch(() => {
    state = new URLSearchParams(query);
    if (known) language.value = known;
    chapter.value = SLUGS.find((slug) => slug === (known ? second : first)) ?? SLUGS[0] ?? '';
    arrivals.value++;
  });
}

/** The address of a chapter. */
export const addressOf = (slug: string, tongue: string = language.value, query = ''): string => `#/${tongue}/${slug}${query && `?${query}`}`;

function write(): void {
  const address = addressOf(chapter.value, language.value, state.toString().replaceAll('%2C', ','));
  if (address !== location.hash) history.replaceState(null, '', address);
}

read();
addEventListener('hashchange', read);
effect(write);

let writing: ReturnType<typeof setTimeout> | undefined;

/** Browsers refuse many changes of the address in a short time: a slider makes one when it rests. */
function writeSoon(): void {
  clearTimeout(writing);
  writing = setTimeout(write, 200);
}

/**
 * A value that the address holds under a name while the chapter is on show. What it says at first counts, if the codec takes it; the initial
 * value is not written there.
 */
export function useAddressed<T>(name: string, codec: Codec<T>, initial: T): Signal<T> {
  const written = (): T => {
    const text = state.get(name);
    return (text === null ? undefined : codec.read(text)) ?? initial;
  };
  const { value, ...begun } = useMemo(() => ({ value: signal(written()), arrivals: arrivals.peek() }), []);
  useEffect(() => {
    const home = codec.write(initial);
    let seen = begun.arrivals;
    const stopReading = effect(() => {
      // An effect comes after the paint: what a quick learner has set by then stays, unless the address changed.
      if (arrivals.value === seen) return;
      seen = arrivals.value;
      value.value = written();
    });
    const stopWriting = effect(() => {
      const text = codec.write(value.value);
      if ((state.get(name) ?? home) === text) return;
      if (text === home) state.delete(name);
      else state.set(name, text);
      writeSoon();
    });
    return () => {
      stopReading();
      stopWriting();
    };
  }, []);
  return value;
}
