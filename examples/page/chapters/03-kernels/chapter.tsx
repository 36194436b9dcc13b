/** Kernels on a photo or the camera: before and after. */
import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useAddressed } from '../../app/address.js';
import { numbers, oneOf, whole } from '../../app/codecs.js';
import { say, showNumber } from '../../app/words.js';
import { filterPhoto } from '../../engine/photo.js';
import type { Filter, Shot } from '../../engine/photo.js';
import { useWork } from '../../engine/use-work.js';
import { Button, Discover, Slider } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Matrix } from '../../ui/matrix.js';
import { PhotoSource, SAMPLE_NAMES, sample } from '../../ui/photo-source.js';
import type { SampleName } from '../../ui/photo-source.js';
import { Picture } from '../../ui/picture.js';
import type { Pixels } from '../../ui/picture.js';
import { text } from './text.js';
import './chapter.css';

const SIDE = 3;
/** Longest side of what is computed: that of a camera's usual frame. */
const LONGEST = 640;
const NAMES = ['sharpen', 'edge', 'blur', 'sobel', 'emboss', 'gaussian'] as const;
type Name = (typeof NAMES)[number];
const KERNELS: Readonly<Record<Name, readonly number[]>> = {
  sharpen: [0, -1, 0, -1, 5, -1, 0, -1, 0],
  edge: [-1, -1, -1, -1, 8, -1, -1, -1, -1],
  blur: Array.from({ length: 9 }, () => 1 / 9),
  sobel: [-1, 0, 1, -2, 0, 2, -1, 0, 1],
  emboss: [-2, -1, 0, -1, 1, 1, 0, 1, 2],
  gaussian: [1, 2, 1, 2, 4, 2, 1, 2, 1].map((weight) => weight / 16),
};

/** The same kernel on each channel. */
const filterOf = (kernel: readonly number[]): Filter => ({ weight: [...kernel, ...kernel, ...kernel], bias: 0, maps: 3, groups: 3, side: SIDE });

/** Frames of the camera, one at a time: the next is taken when the last is on show. */
function useCamera(video: Signal<HTMLVideoElement | undefined>, kernel: Signal<readonly number[]>): { readonly shot: Signal<Shot | undefined>; readonly error: Signal<unknown> } {
  const shot = useSignal<Shot | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  useEffect(() => {
    const from = video.value;
    [shot.value, error.value] = [undefined, undefined];
    let gone = false;
    const go = async (): Promise<void> => {
      try {
        while (from && !gone) {
          const frame = await createImageBitmap(from);
          const next = await filterPhoto(frame, LONGEST, filterOf(kernel.peek()));
          if (!gone) shot.value = next;
          await new Promise(requestAnimationFrame);
        }
      } catch (cause) {
        if (!gone) error.value = cause;
      }
    };
    void go();
    return () => {
      gone = true;
    };
  }, [video.value]);
  return { shot, error };
}

export default function Kernels(): JSX.Element {
  const words = say(text);
  const kernel = useAddressed('k', numbers(SIDE * SIDE, -999, 999), KERNELS.edge);
  const split = useAddressed('split', whole(0, 100), 50);
  const chosen = useAddressed<SampleName>('photo', oneOf(...SAMPLE_NAMES), 'cat');
  const own = useSignal<Blob | undefined>(undefined);
  const video = useSignal<HTMLVideoElement | undefined>(undefined);
  const photo = useWork(async () => filterPhoto(own.value ?? (await sample(chosen.value)), LONGEST, filterOf(kernel.value)), [own.value, chosen.value, kernel.value]).value;
  const camera = useCamera(video, kernel);
  const shown = camera.shot.value ?? photo.value;
  const error = camera.error.value ?? photo.error;
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <section class="panel">
        <PhotoSource chosen={own.value ? undefined : chosen.value} onVideo={(now) => (video.value = now)} onPhoto={(blob, name) => (name ? ([own.value, chosen.value] = [undefined, name]) : (own.value = blob))} />
        <Presets kernel={kernel.value} onChoose={(values) => (kernel.value = values)} />
        <div class="row">
          <Matrix label={words.weights} values={kernel.value} columns={SIDE} onEdit={(values) => (kernel.value = values)} />
          {shown?.after[0] && <Sides before={shown.before} after={shown.after[0]} split={split.value} />}
        </div>
        <Slider label={words.split} value={split} min={0} max={100} show={(value) => words.percent(showNumber(value))} />
        {error !== undefined && <ErrorNote error={error} />}
      </section>
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}

const close = (a: readonly number[], b: readonly number[]): boolean => a.every((value, at) => Math.abs(value - (b[at] ?? 0)) < 1e-5);

/** The kernels by name; none is chosen where the numbers are one's own. */
function Presets({ kernel, onChoose }: { readonly kernel: readonly number[]; readonly onChoose: (values: readonly number[]) => void }): JSX.Element {
  const words = say(text);
  return (
    <div class="row" role="group" aria-label={words.kernel}>
      {NAMES.map((name) => <Button key={name} pressed={close(KERNELS[name], kernel)} onClick={() => onChoose(KERNELS[name])}>{words.names[name]}</Button>)}
    </div>
  );
}

function Sides({ before, after, split }: { readonly before: Pixels; readonly after: Pixels; readonly split: number }): JSX.Element {
  const words = say(text);
  return (
    <div class="kernels-view">
      <Picture pixels={before} label={words.before(before.width, before.height)} />
      <div class="kernels-after" style={`clip-path: inset(0 ${100 - split}% 0 0)`}><Picture pixels={after} label={words.after(after.width, after.height)} /></div>
    </div>
  );
}
