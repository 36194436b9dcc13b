/** Draw a digit, or a postal code: read while it is drawn. */
import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { useAddressed } from '../../app/address.js';
import { oneOf, whole } from '../../app/codecs.js';
import { say, showPercent } from '../../app/words.js';
import { useWork } from '../../engine/use-work.js';
import { Bars } from '../../ui/bars.js';
import { Button, Choice, Discover } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Picture } from '../../ui/picture.js';
import { strokesCodec } from './codec.js';
import { EXAMPLES } from './examples.js';
import { Layers } from './layers-view.js';
import { Pad } from '../../ui/pad.js';
import type { Stroke } from '../../ui/pad.js';
import { Reader } from './reader.js';
import type { Reading } from './reader.js';
import './style.css';
import { text } from './text.js';

const PLACES = { one: 1, code: 5 } as const;
const NOTHING: readonly Stroke[] = [];

export default function Digits(): JSX.Element {
  const words = say(text);
  const mode = useAddressed('mode', oneOf('one', 'code'), 'one');
  const drawings = { one: useAddressed<readonly Stroke[]>('s', strokesCodec(1), NOTHING), code: useAddressed<readonly Stroke[]>('c', strokesCodec(5), NOTHING) };
  const strokes = drawings[mode.value];
  const again = useSignal(0);
  const places = useSignal<readonly (ImageData | undefined)[]>([]);
  const reader = useReader(again.value);
  const readings = useWork(async () => (reader.value ? Promise.all(places.value.map((image) => image && reader.value!.read(image))) : undefined), [reader.value, places.value]).value;
  const place = useAddressed('place', whole(1, PLACES.code), 1);
  const found = readings.value ?? [];
  const looked = places.value[mode.value === 'one' ? 0 : place.value - 1];
  const layers = useWork(async () => looked && reader.value?.look(looked), [reader.value, looked]).value;
  const choose = (chosen: readonly Stroke[]): void => {
    strokes.value = chosen;
  };
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <section class="panel digits" data-read={found.map((one) => one?.best ?? '_').join('')}>
        <Choice label={words.mode} value={mode} options={[['one', words.one], ['code', words.code]]} />
        <div class={`board ${mode.value}`}>
          <div class="sheet">
            <Pad key={mode.value} label={words.pad} places={PLACES[mode.value]} strokes={strokes} onDraw={(now) => (places.value = now)} />
            <p class="note">{words.keys}</p>
            <div class="source">
              <Button onClick={() => choose([])} disabled={strokes.value.length === 0}>{words.clear}</Button>
              <Button onClick={() => choose(strokes.value.slice(0, -1))} disabled={strokes.value.length === 0}>{words.undo}</Button>
              <Button onClick={() => choose(EXAMPLES[mode.value])}>{words.sample}</Button>
            </div>
          </div>
          <div class="answers">
            {reader.error !== undefined && <ErrorNote error={reader.error} again={() => again.value++} />}
            {readings.error !== undefined && <ErrorNote error={readings.error} />}
            {!reader.value && reader.error === undefined && <p role="status">{words.loading}</p>}
            {reader.value && strokes.value.length === 0 && <p>{words.nothing}</p>}
            {strokes.value.length > 0 && found.some(Boolean) && <Readings found={found} place={place} />}
          </div>
        </div>
        {layers.error !== undefined && <ErrorNote error={layers.error} />}
        {strokes.value.length > 0 && looked && layers.value && <Layers sheets={layers.value} />}
      </section>
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}

/** Until the chapter is left. */
function useReader(attempt: number): { readonly value?: Reader | undefined; readonly error?: unknown } {
  const state = useSignal<{ readonly value?: Reader; readonly error?: unknown }>({});
  useEffect(() => {
    let gone = false;
    state.value = {};
    const loading = Reader.open();
    loading.then((value) => gone || (state.value = { value }), (error: unknown) => gone || (state.value = { error }));
    return () => {
      gone = true;
      loading.then((reader) => reader.end()).catch(() => undefined);
    };
  }, [attempt]);
  return state.value;
}

function Seen({ reading: { seen, side }, at }: { readonly reading: Reading; readonly at: number }): JSX.Element {
  const pixels = useMemo(() => ({ data: seen, width: side, height: side, channels: 1 as const }), [seen]);
  return <Picture pixels={pixels} label={say(text).seenAt(at)} hard />;
}

function Readings({ found, place }: { readonly found: readonly (Reading | undefined)[]; readonly place: Signal<number> }): JSX.Element {
  const words = say(text);
  const single = found.length === 1 ? found[0] : undefined;
  return (
    <>
      <p class="read" role="status">{words.reads} <strong>{found.map((one, i) => <span key={i}>{one ? one.best : '·'}</span>)}</strong></p>
      <figure>
        <figcaption>{words.seen}</figcaption>
        <ol class="seen">
          {found.map((one, i) => (
            <li key={i}>
              {one && found.length > 1 && (
                <button type="button" aria-pressed={place.value === i + 1} onClick={() => (place.value = i + 1)}>
                  <Seen reading={one} at={i + 1} />
                  <span>{one.best}: {showPercent(one.chances[one.best] ?? 0, 0)}</span>
                </button>
              )}
              {one && found.length === 1 && <Seen reading={one} at={1} />}
              {!one && <span>{words.gap}</span>}
            </li>
          ))}
        </ol>
      </figure>
      {single && <Bars label={words.chances} bars={single.chances.map((part, value) => ({ label: String(value), part, text: showPercent(part), strong: value === single.best }))} />}
    </>
  );
}
