/** What is around a chapter: its list, the switches, the way on. */
import { signal } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { ErrorNote } from '../ui/error-note.js';
import { addressOf, chapter } from './address.js';
import { CHAPTERS } from './chapters.js';
import { text } from './text.js';
import { switchTheme, theme } from './theme.js';
import { language, say } from './words.js';

type State = { readonly slug: string; readonly Body?: ComponentType; readonly error?: unknown };

/** The chapter that came last, and what it is made of. */
const opened = signal<State>({ slug: '' });
const menu = signal(false);

async function open(slug: string): Promise<void> {
  opened.value = { slug };
  try {
    const { default: Body } = await CHAPTERS.find((one) => one.slug === slug)!.open();
    if (chapter.value === slug) opened.value = { slug, Body };
  } catch (error) {
    if (chapter.value === slug) opened.value = { slug, error };
  }
}

export function Frame(): JSX.Element {
  const slug = chapter.value;
  const words = say(text);
  const at = CHAPTERS.findIndex((one) => one.slug === slug);
  const title = say(CHAPTERS[at]!.title);
  useEffect(() => {
    menu.value = false;
    void open(slug);
    scrollTo(0, 0);
  }, [slug]);
  useEffect(() => {
    document.title = `${title} · ${words.title}`;
  }, [title, words]);
  return (
    <>
      <a class="skip" href="#chapter" onClick={focusChapter}>{words.skip}</a>
      <header class="bar">
        <a class="mark" href={addressOf(CHAPTERS[0]!.slug)} aria-label={words.title}><img src="./icon.svg" alt="" width="28" height="28" /> <span>{words.title}</span></a>
        <Switches />
      </header>
      <div class="columns">
        <List slug={slug} />
        <main id="chapter" tabIndex={-1}>
          <p class="number">{words.chapterOf(at + 1, CHAPTERS.length)}</p>
          <h1>{title}</h1>
          <Body slug={slug} at={at} />
        </main>
      </div>
      <footer class="foot"><p>{words.foot}</p></footer>
    </>
  );
}

function focusChapter(event: Event): void {
  event.preventDefault(); // the address is the chapter's
  document.getElementById('chapter')?.focus();
}

/** The way on stands below a chapter, and comes with it: it would be pushed away. */
function Body({ slug, at }: { readonly slug: string; readonly at: number }): JSX.Element {
  const { slug: of, Body: Chapter, error } = opened.value;
  if (of !== slug || (!Chapter && error === undefined)) return <p role="status">{say(text).loading}</p>;
  return (
    <>
      {Chapter ? <Chapter /> : <ErrorNote error={error} again={() => void open(slug)} />}
      <Onward at={at} />
    </>
  );
}

function Switches(): JSX.Element {
  const words = say(text);
  const other = language.value === 'ko' ? 'en' : 'ko';
  return (
    <div class="switches">
      <button type="button" class="quiet menu" aria-expanded={menu.value} aria-controls="list" onClick={() => (menu.value = !menu.value)}>{words.chapters}</button>
      <button type="button" class="quiet" lang={other} onClick={() => (language.value = other)}>{words.otherLanguage}</button>
      <button type="button" class="quiet" onClick={switchTheme}>{theme() === 'dark' ? words.light : words.dark}</button>
      {document.fullscreenEnabled && <button type="button" class="quiet wide" onClick={() => void full()}>{words.full}</button>}
      <button type="button" class="quiet wide" onClick={() => print()}>{words.print}</button>
    </div>
  );
}

async function full(): Promise<void> {
  await (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(() => undefined);
}

function List({ slug }: { readonly slug: string }): JSX.Element {
  return (
    <nav id="list" class={menu.value ? 'list open' : 'list'} aria-label={say(text).chapters}>
      <ol>
        {CHAPTERS.map((one) => (
          <li key={one.slug}><a href={addressOf(one.slug)} aria-current={one.slug === slug ? 'page' : undefined}>{say(one.title)}</a></li>
        ))}
      </ol>
    </nav>
  );
}

function Onward({ at }: { readonly at: number }): JSX.Element {
  const [before, after] = [CHAPTERS[at - 1], CHAPTERS[at + 1]];
  const words = say(text);
  return (
    <div class="onward">
      {before ? <a href={addressOf(before.slug)} rel="prev"><small>{words.previous}</small>{say(before.title)}</a> : <span />}
      {after && <a href={addressOf(after.slug)} rel="next"><small>{words.next}</small>{say(after.title)}</a>}
    </div>
  );
}
