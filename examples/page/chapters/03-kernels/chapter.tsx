/** Kernels on a photo or the camera: before and after. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { conv2d, graph, input } from 'receptive/layers';
import { useAddressed } from '../../app/address.js';
import { numbers, oneOf, whole } from '../../app/codecs.js';
import { say, showNumber } from '../../app/words.js';
import { compute, numbersOf } from '../../engine/compute.js';
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
/** Longest side of what is computed: a frame stays well below 50 ms on the page's thread. */
const LONGEST = 240;
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

/** A photo or a frame of the camera, made small; RGBA. */
function shrink(source: ImageBitmap | HTMLVideoElement): Pixels {
  const [wide, high] = source instanceof ImageBitmap ? [source.width, source.height] : [source.videoWidth, source.videoHeight];
  const scale = Math.min(1, LONGEST / Math.max(wide, high, 1));
  const [width, height] = [Math.max(1, Math.round(wide * scale)), Math.max(1, Math.round(high * scale))];
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(source, 0, 0, width, height);
  return { data: context.getImageData(0, 0, width, height).data, width, height, channels: 4 };
}

async function decode(photo: Blob): Promise<Pixels> {
  const bitmap = await createImageBitmap(photo);
  try {
    return shrink(bitmap);
  } finally {
    bitmap.close();
  }
}

/** The same kernel on each channel; what is below 0 or above 255 is cut, as a screen does. */
async function apply({ data, width, height }: Pixels, kernel: readonly number[]): Promise<Pixels> {
  const count = width * height;
  const planes = new Float32Array(3 * count);
  for (let at = 0; at < 3 * count; at++) planes[at] = data[4 * (at % count) + Math.floor(at / count)] ?? 0;
  const x = input([1, 3, height, width]);
  const net = graph({ x }, { y: conv2d(3, 3, SIDE, { groups: 3, padding: 1, bias: false, name: 'conv' })(x) });
  const weights = { 'conv.weight': numbersOf([...kernel, ...kernel, ...kernel], [3, 1, SIDE, SIDE]) };
  const { y } = await compute(net, { key: `kernels ${width} ${height} ${kernel.join()}`, weights, inputs: { x: { dtype: 'float32', shape: [1, 3, height, width], data: planes } } });
  const after = new Uint8ClampedArray(3 * count);
  for (let at = 0; at < 3 * count; at++) after[3 * (at % count) + Math.floor(at / count)] = y!.data[at] ?? 0;
  return { data: after, width, height, channels: 3 };
}

export default function Kernels(): JSX.Element {
  const words = say(text);
  const kernel = useAddressed('k', numbers(SIDE * SIDE, -999, 999), KERNELS.edge);
  const split = useAddressed('split', whole(0, 100), 50);
  const chosen = useAddressed<SampleName>('photo', oneOf(...SAMPLE_NAMES), 'cat');
  const own = useSignal<Blob | undefined>(undefined);
  const video = useSignal<HTMLVideoElement | undefined>(undefined);
  const frame = useSignal<Pixels | undefined>(undefined);
  const photo = useWork(async () => decode(own.value ?? (await sample(chosen.value))), [own.value, chosen.value]).value;
  useEffect(() => {
    const from = video.value;
    frame.value = undefined;
    if (!from) return undefined;
    const take = (): void => {
      if (from.videoWidth > 0) frame.value = shrink(from);
      asked = requestAnimationFrame(take);
    };
    let asked = requestAnimationFrame(take);
    return () => cancelAnimationFrame(asked);
  }, [video.value]);
  const before = frame.value ?? photo.value;
  const done = useWork(async () => before && { before, after: await apply(before, kernel.value) }, [before, kernel.value]).value;
  const error = photo.error ?? done.error;
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <section class="panel">
        <PhotoSource chosen={own.value ? undefined : chosen.value} onVideo={(now) => (video.value = now)} onPhoto={(blob, name) => (name ? ([own.value, chosen.value] = [undefined, name]) : (own.value = blob))} />
        <Presets kernel={kernel.value} onChoose={(values) => (kernel.value = values)} />
        <div class="row">
          <Matrix label={words.weights} values={kernel.value} columns={SIDE} onEdit={(values) => (kernel.value = values)} />
          {done.value && <Sides {...done.value} split={split.value} />}
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
