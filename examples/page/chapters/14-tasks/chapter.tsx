/** Not only classes: one scene of digits, asked for a class, for boxes, and for pixels. */
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { useAddressed } from '../../app/address.js';
import { real, whole } from '../../app/codecs.js';
import { say, showNumber } from '../../app/words.js';
import { useWork } from '../../engine/use-work.js';
import type { WorkState } from '../../engine/use-work.js';
import { Button, Discover, Slider } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Picture } from '../../ui/picture.js';
import { startNetworks } from './networks.js';
import './tasks.css';
import type { Named, SceneShown, Segmented } from './tasks.worker.js';
import { text } from './text.js';

const SCENES = 50;

type Boxes = readonly { readonly left: number; readonly top: number; readonly width: number; readonly height: number; readonly index: number; readonly score: number }[];

export default function TasksChapter(): JSX.Element {
  const words = say(text);
  const number = useAddressed('scene', whole(1, SCENES), 1);
  const score = useAddressed('score', real(0.01, 1), 0.25);
  const iou = useAddressed('iou', real(0, 1), 0.45);
  const networks = useMemo(startNetworks, []);
  useEffect(() => networks.close, []);
  const at = number.value - 1;
  const scene = useWork<SceneShown>(() => networks.ask((tasks) => tasks.scene(at)), [at]).value;
  const named = useWork<readonly Named[]>(() => networks.ask((tasks) => tasks.name(at)), [at]).value;
  const boxes = useWork<Boxes>(() => networks.ask((tasks) => tasks.detect(at, score.value, iou.value)), [at, score.value, iou.value]).value;
  const parts = useWork<Segmented>(() => networks.ask((tasks) => tasks.segment(at)), [at]).value;
  const truth = scene.value?.truth ?? [];
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <section class="panel tasks">
        <div class="row">
          <Slider label={words.scene} value={number} min={1} max={SCENES} />
          <Button onClick={() => (number.value = (number.value % SCENES) + 1)}>{words.another}</Button>
        </div>
        <div class="three">
          <Part state={scene}>{scene.value && <figure><Picture pixels={scene.value.pixels} label={words.truth(truth.map(({ index }) => index).join(', '))} hard /><figcaption>{words.truth(truth.map(({ index }) => index).join(', '))}</figcaption></figure>}</Part>
          <Part title={words.class} how={words.classHow} state={named}>{named.value && <Classes named={named.value} />}</Part>
          <Part title={words.boxes} how={words.boxesHow} state={boxes}>{boxes.value && scene.value && <Found boxes={boxes.value} scene={scene.value} />}</Part>
          <Part title={words.pixels} how={words.pixelsHow} state={parts}>{parts.value && <Parts parts={parts.value} />}</Part>
        </div>
        <Slider label={words.score} value={score} min={0.01} max={1} step={0.01} />
        <Slider label={words.iou} value={iou} min={0} max={1} step={0.01} />
      </section>
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}

interface PartProps {
  readonly title?: string;
  readonly how?: string;
  readonly state: WorkState<unknown>;
  readonly children: JSX.Element | undefined;
}

/** One question with its answer. */
function Part({ title, how, state, children }: PartProps): JSX.Element {
  return (
    <div class="part">
      {title && <h2>{title}</h2>}
      {how && <p class="note">{how}</p>}
      {state.error !== undefined && <ErrorNote error={state.error} />}
      {children}
    </div>
  );
}

function Classes({ named }: { readonly named: readonly Named[] }): JSX.Element {
  const words = say(text);
  return (
    <ol class="cuts">
      {named.map(({ box, pixels, index, probability }, i) => (
        <li key={i} data-truth={box.index} data-index={index}><Picture pixels={pixels} label={words.cut(box.index)} hard /><span>{words.says(index, showNumber(100 * probability, 1))}</span></li>
      ))}
    </ol>
  );
}

/** The scene with boxes, drawn over it. */
function Found({ boxes, scene }: { readonly boxes: Boxes; readonly scene: SceneShown }): JSX.Element {
  const words = say(text);
  const { pixels, truth } = scene;
  const list = boxes.map(({ index, score }) => `${index} (${showNumber(score)})`).join(', ');
  return (
    <figure data-boxes={boxes.map(({ index }) => index).join()}>
      <div class="over">
        <Picture pixels={pixels} label={words.found(boxes.length, list)} hard />
        <svg viewBox={`0 0 ${pixels.width} ${pixels.height}`} aria-hidden="true">
          {boxes.map(({ left, top, width, height, index }, i) => (
            <g key={i}><rect x={left} y={top} width={width} height={height} /><text x={left + 1} y={Math.max(8, top - 1)}>{index}</text></g>
          ))}
        </svg>
      </div>
      <figcaption>{words.count(boxes.length, truth.length)}</figcaption>
    </figure>
  );
}

function Parts({ parts }: { readonly parts: Segmented }): JSX.Element {
  const words = say(text);
  const list = parts.classes.map(({ index, label, share }) => `${index === 0 ? words.background : label ?? index} ${showNumber(100 * share, 1)} %`).join(', ');
  return <figure data-shares={parts.classes.map(({ label, share }) => `${label ?? ''}:${share}`).join()}><Picture pixels={parts.pixels} label={words.shares(list)} hard /><figcaption>{list}</figcaption></figure>;
}
