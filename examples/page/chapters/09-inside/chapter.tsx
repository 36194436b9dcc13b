/** Inside a real network: what SqueezeNet, or a learner's own network, says of a photo, and the maps of its layers. */
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useAddressed } from '../../app/address.js';
import { oneOf } from '../../app/codecs.js';
import type { Codec } from '../../app/codecs.js';
import { say, showNumber } from '../../app/words.js';
import { kept } from '../../engine/offline.js';
import { useWork } from '../../engine/use-work.js';
import { Button, Discover } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { PhotoSource, sample, SAMPLE_NAMES } from '../../ui/photo-source.js';
import type { SampleName } from '../../ui/photo-source.js';
import { Answer } from './answer.js';
import type { Answered } from './answer.js';
import { CamMap } from './cam.js';
import { Gaps } from './gaps.js';
import './inside.css';
import { Maps } from './maps.js';
import { openNetwork, RefusedNetwork } from './network.js';
import type { Network } from './network.js';
import { OcclusionMap } from './occlusion.js';
import { text } from './text.js';
import { Times } from './times.js';

const layerName: Codec<string> = { write: (name) => name, read: (name) => (/^[\w./:-]{1,80}$/.test(name) ? name : undefined) };

/** A file that is a network by its name; what is dropped may be one as well as a photo. */
const isNetwork = (file: Blob): file is File => file instanceof File && /\.(onnx|safetensors)$/i.test(file.name);

interface Shown {
  readonly photo: Blob;
  readonly name: string;
  readonly url: string;
  /** Pixels. What is no picture has none: the network says so. */
  readonly width?: number | undefined;
  readonly height?: number | undefined;
}

/** The room that a picture takes is known before it is drawn, so that nothing moves. */
async function sizeOf(url: string): Promise<{ readonly width?: number; readonly height?: number }> {
  const image = new Image();
  image.src = url;
  return image.decode().then(() => ({ width: image.naturalWidth, height: image.naturalHeight }), () => ({}));
}

/** After the next frame; at once where none is drawn. */
const painted = (): Promise<void> => new Promise((resume) => (document.hidden ? resume() : requestAnimationFrame(() => setTimeout(resume))));

export default function InsideChapter(): JSX.Element {
  const words = say(text);
  const chosen = useAddressed<SampleName>('photo', oneOf(...SAMPLE_NAMES), 'cat');
  const layer = useAddressed('layer', layerName, 'features.0');
  const own = useSignal<Blob | undefined>(undefined);
  const network = useSignal<Network | undefined>(undefined);
  const file = useSignal<File | undefined>(undefined);
  const progress = useSignal(0);
  const status = useSignal<'loading' | 'looking' | 'ready' | undefined>('loading');
  const shown = useSignal<Shown | undefined>(undefined);
  const answered = useSignal<Answered | undefined>(undefined);
  const problem = useSignal<unknown>(undefined);
  /** Counts what was asked: an answer that comes after the next question is not for it. */
  const turn = useRef(0);

  const ask = async (): Promise<void> => {
    const mine = ++turn.current;
    const late = (): boolean => mine !== turn.current;
    try {
      problem.value = undefined;
      await kept;
      const photo: Blob = own.value ?? (await sample(chosen.value));
      if (late()) return;
      await show(photo);
      if (late()) return;
      if (!network.value) {
        status.value = 'loading';
        const opened = await openNetwork(file.value, (share) => (progress.value = share));
        if (late()) return opened.close();
        network.value = opened;
      }
      status.value = 'looking';
      const { value: net } = network;
      const result = await net.classify(photo);
      if (late()) return;
      [answered.value, status.value] = [{ photo: shown.value?.name ?? '', result, variant: net.variant }, 'ready'];
    } catch (error) {
      if (!late()) [problem.value, answered.value, status.value] = [error, undefined, undefined];
    }
  };
  /** The photo is seen before the network is fetched. */
  const show = async (photo: Blob): Promise<void> => {
    if (shown.value?.photo === photo) return;
    if (shown.value) URL.revokeObjectURL(shown.value.url);
    const url = URL.createObjectURL(photo);
    const size = await sizeOf(url);
    shown.value = { photo, name: photo instanceof File ? photo.name : chosen.value, url, ...size };
    await painted();
  };
  const use = (other: File | undefined): void => {
    network.value?.close();
    [file.value, network.value, answered.value] = [other, undefined, undefined];
    void ask();
  };
  const take = (given: Blob, name?: SampleName): void => {
    if (isNetwork(given)) return use(given);
    own.value = name ? undefined : given;
    if (name) chosen.value = name;
  };
  useEffect(() => void ask(), [own.value, chosen.value]);
  useEffect(() => () => {
    turn.current++;
    network.peek()?.close();
    if (shown.peek()) URL.revokeObjectURL(shown.peek()!.url);
  }, []);
  const ready = useComputed(() => (answered.value && network.value && shown.value ? { net: network.value, photo: shown.value.photo } : undefined)).value;
  const view = useWork(async () => ready && { of: ready.photo, sheet: await ready.net.view(ready.photo) }, [ready]).value.value;
  const seen = view && view.of === ready?.photo ? view.sheet : undefined;
  const best = answered.value?.result.top[0];
  const classes = (answered.value?.result.top ?? []).map(({ index, label }) => [index, label?.split(', ')[0] ?? words.classNumber(index)] as const);
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <section class="panel inside">
        <PhotoSource onPhoto={take} chosen={own.value ? undefined : chosen.value} />
        <div class="source">
          <label class="file"><input type="file" accept=".onnx,.safetensors" onChange={(event) => (event.currentTarget.files?.[0] && use(event.currentTarget.files[0]), (event.currentTarget.value = ''))} />{words.model}</label>
          {file.value && <Button onClick={() => use(undefined)}>{words.back}</Button>}
        </div>
        <p role="status" class="note" id="status">{status.value ? words[status.value] : ''}</p>
        {status.value === 'loading' && <progress aria-label={words.loading} value={progress.value} />}
        {problem.value !== undefined && <ErrorNote error={problem.value} again={() => void ask()} />}
        {problem.value instanceof RefusedNetwork && <Gaps gaps={problem.value.gaps} />}
        <div class="look">
          {shown.value && <img src={shown.value.url} alt={words.photo(shown.value.name)} width={shown.value.width} height={shown.value.height} />}
          {answered.value && <Answer {...answered.value} />}
        </div>
        {network.value && <p class="note">{[file.value?.name ?? '', words.cost(showNumber(network.value.layers), showNumber(network.value.params / 1e6), showNumber(network.value.macs / 1e6, 0))].filter(Boolean).join(': ')}</p>}
        {ready && <Maps {...ready} view={seen} layer={layer} />}
        {ready && seen && best && <CamMap {...ready} view={seen} classes={classes} />}
        {ready && seen && best && <OcclusionMap {...ready} view={seen} index={best.index} label={classes[0]![1]} />}
        {ready && <Times {...ready} />}
      </section>
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}
