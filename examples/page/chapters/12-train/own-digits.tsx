/** The learner's own digits: drawn, labelled, and learned from beside the others. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { say } from '../../app/words.js';
import { preparedDrawing } from '../../engine/drawn.js';
import { Button } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Pad } from '../../ui/pad.js';
import type { Stroke } from '../../ui/pad.js';
import { Picture } from '../../ui/picture.js';
import type { Drawn } from './data.js';
import { addDrawn, drawn, MOST_OWN, removeDrawn } from './own.js';
import type { Judgement } from './session.js';
import { text } from './text.js';
import { pixelsOf } from './views.js';

const LABELS = Array.from({ length: 10 }, (_, digit) => digit);

export function OwnDigits({ last }: { readonly last: Judgement | undefined }): JSX.Element {
  const words = say(text);
  const strokes = useSignal<readonly Stroke[]>([]);
  const image = useSignal<ImageData | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const full = drawn.value.length >= MOST_OWN;
  const add = async (label: number): Promise<void> => {
    const from = image.value;
    if (!from) return;
    error.value = undefined;
    [strokes.value, image.value] = [[], undefined];
    try {
      addDrawn(label, await preparedDrawing(from));
    } catch (problem) {
      error.value = problem;
    }
  };
  return (
    <section class="panel own" data-own={drawn.value.length}>
      <h2>{words.own}</h2>
      <p>{words.ownHow}</p>
      <div class="own-board">
        <div class="own-sheet">
          <Pad label={words.pad} places={1} strokes={strokes} onDraw={([now]) => (image.value = now)} />
          <div class="source"><Button onClick={() => (strokes.value = [])} disabled={strokes.value.length === 0}>{words.clear}</Button></div>
        </div>
        <div class="own-list">
          <div class="source" role="group" aria-label={words.isA}>
            <span aria-hidden="true">{words.isA}</span>
            {LABELS.map((label) => <Button key={label} disabled={!image.value || full} onClick={() => void add(label)}>{label}</Button>)}
          </div>
          {full && <p role="status">{words.ownFull(MOST_OWN)}</p>}
          {error.value !== undefined && <ErrorNote error={error.value} />}
          <ul class="own-digits">{drawn.value.map((one) => <OwnDigit key={one.id} digit={one} answer={last?.own.get(one.id)} />)}</ul>
        </div>
      </div>
    </section>
  );
}

function OwnDigit({ digit: { id, label, pixels }, answer }: { readonly digit: Drawn; readonly answer: number | undefined }): JSX.Element {
  const words = say(text);
  const picture = useMemo(() => pixelsOf(pixels), [pixels]);
  const told = answer === undefined ? words.ownOnly(label) : words.readAs(label, answer);
  return (
    <li data-label={label} data-answer={answer}>
      <Picture pixels={picture} label={told} hard />
      <span aria-hidden="true">{label} → {answer ?? '?'}</span>
      <button type="button" aria-label={words.removeOwn(label)} onClick={() => removeDrawn(id)}>×</button>
    </li>
  );
}
