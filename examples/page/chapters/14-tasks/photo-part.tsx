/** The same on a photo: boxes of 80 things, and the pixels of persons. The networks are fetched when they are asked for. */
import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import { proxy } from 'comlink';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { DetectedBox } from 'receptive/inline';
import { useAddressed } from '../../app/address.js';
import { oneOf } from '../../app/codecs.js';
import { say, showNumber } from '../../app/words.js';
import { useWork } from '../../engine/use-work.js';
import { Button, Slider } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { PhotoSource, sample, SAMPLE_NAMES } from '../../ui/photo-source.js';
import type { SampleName } from '../../ui/photo-source.js';
import { Picture } from '../../ui/picture.js';
import { startPhotoNetworks } from './networks.js';
import type { Asked } from './networks.js';
import type { Persons, PhotoShown, PhotoTasks } from './photo.worker.js';
import { text } from './text.js';

interface Settings {
  readonly score: Signal<number>;
  readonly iou: Signal<number>;
}

type State = { readonly kind: 'absent' | 'coming' } | { readonly kind: 'here'; readonly networks: Asked<PhotoTasks> } | { readonly kind: 'failed'; readonly error: unknown };

export function PhotoPart({ score, iou }: Settings): JSX.Element {
  const words = say(text);
  const state = useSignal<State>({ kind: 'absent' });
  const come = useSignal<readonly [bytes: number, total: number | undefined]>([0, undefined]);
  const started = useRef<Asked<PhotoTasks> | undefined>(undefined);
  useEffect(() => () => started.current?.close(), []);
  const fetchBoth = async (): Promise<void> => {
    started.current?.close();
    const networks = startPhotoNetworks();
    started.current = networks;
    [state.value, come.value] = [{ kind: 'coming' }, [0, undefined]];
    try {
      await networks.ask<void>((tasks) => tasks.open(proxy((bytes, total) => (come.value = [bytes, total]))));
      state.value = { kind: 'here', networks };
    } catch (error) {
      state.value = { kind: 'failed', error };
    }
  };
  const [bytes, total] = come.value;
  return (
    <section class="panel tasks photo-tasks">
      <h2>{words.onPhoto}</h2>
      <p>{words.photoHow}</p>
      {state.value.kind === 'absent' && <div><Button primary onClick={() => void fetchBoth()}>{words.fetchNets}</Button></div>}
      {state.value.kind === 'coming' && <p role="status">{words.fetching(showNumber(bytes / 1e6, 1))} <progress aria-label={words.onPhoto} max={total ?? 1} value={total ? bytes : undefined} /></p>}
      {state.value.kind === 'failed' && <ErrorNote error={state.value.error} again={() => void fetchBoth()} />}
      {state.value.kind === 'here' && <Answers networks={state.value.networks} score={score} iou={iou} />}
    </section>
  );
}

function Answers({ networks, score, iou }: Settings & { readonly networks: Asked<PhotoTasks> }): JSX.Element {
  const words = say(text);
  const name = useAddressed<SampleName>('photo', oneOf(...SAMPLE_NAMES), 'dog');
  const own = useSignal<Blob | undefined>(undefined);
  const photo = useWork<PhotoShown>(async () => {
    const file = own.value ?? (await sample(name.value));
    return networks.ask((tasks) => tasks.take(file));
  }, [own.value, name.value]).value;
  const found = useWork(async () => photo.value && networks.ask<readonly DetectedBox[]>((tasks) => tasks.detect(score.value, iou.value)), [photo.value, score.value, iou.value]).value;
  const persons = useWork(async () => photo.value && networks.ask<Persons>((tasks) => tasks.persons()), [photo.value]).value;
  const take = (file: Blob, of?: SampleName): void => {
    own.value = of ? undefined : file;
    if (of) name.value = of;
  };
  const error = photo.error ?? found.error ?? persons.error;
  return (
    <>
      <PhotoSource chosen={own.value ? undefined : name.value} onPhoto={take} />
      <div class="row">
        <Slider label={words.score} value={score} min={0.01} max={1} step={0.01} />
        <Slider label={words.iou} value={iou} min={0} max={1} step={0.01} />
      </div>
      {error !== undefined && <ErrorNote error={error} />}
      {photo.value && (
        <div class="four">
          {found.value && <PhotoBoxes photo={photo.value} boxes={found.value} />}
          {persons.value && <PersonPixels persons={persons.value} />}
        </div>
      )}
    </>
  );
}

function PhotoBoxes({ photo: { pixels, width, height }, boxes }: { readonly photo: PhotoShown; readonly boxes: readonly DetectedBox[] }): JSX.Element {
  const words = say(text);
  const told = words.photoBoxes(boxes.length, boxes.map(({ label, index, score }) => `${label ?? index} (${showNumber(score)})`).join(', '));
  return (
    <div class="part">
      <h2>{words.boxes}: NanoDet</h2>
      <figure data-found={JSON.stringify(boxes)}>
        <div class="over">
          <Picture pixels={pixels} label={told} />
          <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true" style={`--unit: ${width / 100}px`}>
            {boxes.map((box, i) => (
              <g key={i}><rect x={box.left} y={box.top} width={box.width} height={box.height} /><text x={box.left + width / 100} y={box.top + width / 22}>{box.label ?? box.index}</text></g>
            ))}
          </svg>
        </div>
        <figcaption>{told}</figcaption>
      </figure>
    </div>
  );
}

function PersonPixels({ persons: { pixels, share } }: { readonly persons: Persons }): JSX.Element {
  const words = say(text);
  const told = words.persons(showNumber(100 * share, 1));
  return (
    <div class="part">
      <h2>{words.pixels}: {words.segmenter}</h2>
      <figure data-persons={share}><Picture pixels={pixels} label={told} /><figcaption>{told}</figcaption></figure>
    </div>
  );
}
