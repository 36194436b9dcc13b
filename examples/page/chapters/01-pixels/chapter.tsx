/** Pixels: a picture as matrices, and what flattening throws away. */
import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { addressOf, useAddressed } from '../../app/address.js';
import { flag, numbers, oneOf, whole } from '../../app/codecs.js';
import { language, say, showNumber } from '../../app/words.js';
import { filterPhoto } from '../../engine/photo.js';
import type { Filter } from '../../engine/photo.js';
import { useWork } from '../../engine/use-work.js';
import { Button, Choice, Discover, Toggle } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Matrix } from '../../ui/matrix.js';
import { PhotoSource, SAMPLE_NAMES, sample } from '../../ui/photo-source.js';
import type { SampleName } from '../../ui/photo-source.js';
import type { Pixels } from '../../ui/picture.js';
import { look } from './look.js';
import { text } from './text.js';
import { DEEPEST, LARGEST, permuted, pixelsIn, SMALLEST, viewAt } from './view.js';
import { Zoom } from './zoom.js';
import './chapter.css';

const SIDE = SMALLEST;
const COUNT = SIDE * SIDE;
const ROWS = '........ .rr..rr. rwrrrrrr rrrrrrrr .rrrrrr. ..rrrr.. ...rr... ........';
const COLOURS: Readonly<Record<string, readonly number[]>> = { '.': [235, 240, 250], r: [220, 40, 60], w: [255, 180, 190] };
const HEART = [...ROWS.replaceAll(' ', '')].map((letter) => COLOURS[letter]!);
const DRAWN: Pixels = { data: HEART.flat(), width: SIDE, height: SIDE, channels: 3 };

const CHANNELS = ['grey', 'red', 'green', 'blue'] as const;
type Channel = (typeof CHANNELS)[number];
/** Grey as ITU-R BT.601 weighs the colours; a channel is the kernel that takes it alone. */
const MIX: Readonly<Record<Channel, readonly number[]>> = { grey: [0.299, 0.587, 0.114], red: [1, 0, 0], green: [0, 1, 0], blue: [0, 0, 1] };
/** The unit's weights are those of pixels in the heart, so that its sum means something. */
const UNIT: readonly number[] = HEART.map(([red = 0, green = 0]) => (red > green + 50 ? -1 : 1));

const shuffle = <T,>(list: readonly T[], shuffled: boolean): readonly T[] => (shuffled ? permuted(list) : list);

const KINDS = ['heart', ...SAMPLE_NAMES] as const;
type Kind = (typeof KINDS)[number];
const AS_IT_IS: Filter = { weight: [1, 1, 1], bias: 0, maps: 3, groups: 3, side: 1 };

export default function PixelsOfAPicture(): JSX.Element {
  const words = say(text);
  const kind = useAddressed<Kind>('photo', oneOf(...KINDS), 'heart');
  const depth = useAddressed('zoom', whole(0, DEEPEST), 0);
  const centre = useAddressed('at', numbers(2, 0, LARGEST), [LARGEST / 2, LARGEST / 2]);
  const own = useSignal<Blob | undefined>(undefined);
  const drawn = own.value === undefined && kind.value === 'heart';
  const taken = useWork(async () => {
    if (drawn) return DRAWN;
    return (await filterPhoto(own.value ?? (await sample(kind.value as SampleName)), LARGEST, AS_IT_IS)).before;
  }, [own.value, kind.value]).value;
  // The heart waits for nothing: what stands below it would be pushed away.
  const photo = drawn ? { value: DRAWN, error: undefined } : taken;
  const take = (from: Blob | undefined, next: Kind): void => {
    [own.value, kind.value, depth.value, centre.value] = [from, next, 0, [LARGEST / 2, LARGEST / 2]];
  };
  const chosen = own.value || kind.value === 'heart' ? undefined : kind.value;
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <section class="panel">
        <div class="row">
          <Button pressed={drawn} onClick={() => take(undefined, 'heart')}>{words.heart}</Button>
          <PhotoSource chosen={chosen} onPhoto={(blob, name) => take(name ? undefined : blob, name ?? kind.value)} />
        </div>
        {photo.value && <Shown picture={photo.value} depth={depth} centre={centre} />}
        {photo.error !== undefined && <ErrorNote error={photo.error} />}
      </section>
      <p class="words"><a href={addressOf('12-train', language.value, 'mix=1')}>{words.trained}</a></p>
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}

interface ShownProps {
  readonly picture: Pixels;
  readonly depth: Signal<number>;
  readonly centre: Signal<readonly number[]>;
}

/** The picture, and the numbers of its pixels where one has zoomed in so far. */
function Shown({ picture, depth, centre }: ShownProps): JSX.Element {
  const words = say(text);
  const channel = useAddressed<Channel>('c', oneOf(...CHANNELS), 'grey');
  const shuffled = useAddressed('shuffled', flag, false);
  // What is no larger than the smallest window is always seen with its numbers.
  const least = Math.max(picture.width, picture.height) <= SIDE ? DEEPEST : 0;
  const view = viewAt(picture, Math.max(least, depth.value), centre.value);
  const pixels = useMemo(() => shuffle(pixelsIn(picture, view), shuffled.value), [picture, view.left, view.top, view.width, view.height, shuffled.value]);
  const near = pixels.length === COUNT;
  const seen = useWork(async () => (near ? look({ pixels, mix: MIX[channel.value], unit: shuffle(UNIT, shuffled.value) }) : undefined), [pixels, channel.value, shuffled.value]).value;
  const round = (value: number): string => showNumber(Math.round(value));
  const drawn = useMemo((): Pixels => ({ data: pixels.flat(), width: view.width, height: view.height, channels: 3 }), [pixels]);
  return (
    <>
      <Choice label={words.shown} value={channel} options={CHANNELS.map((one) => [one, words.channels[one]])} />
      <Toggle label={words.shuffle} value={shuffled} />
      <div class="row">
        <Zoom pixels={drawn} label={words.picture(view.width, view.height)} view={view} depth={depth} centre={centre} least={least} />
        {near && <Numbers label={words.channels[channel.value]} values={seen.value?.mixed} side={SIDE} show={round} />}
        {near && <Numbers label={words.edges} values={seen.value?.edges} side={SIDE - 2} show={round} tone={(at) => (seen.value?.edges[at] ?? 0) / 800} />}
      </div>
      {!near && <p aria-live="polite">{words.further}</p>}
      {near && <p class="formula" aria-live="polite">{words.unit} <strong>{seen.value && round(seen.value.unit[0] ?? 0)}</strong></p>}
      {seen.error !== undefined && <ErrorNote error={seen.error} />}
    </>
  );
}

interface NumbersProps {
  readonly label: string;
  /** Absent: they are on their way, and have their place. */
  readonly values: Float32Array | undefined;
  readonly side: number;
  readonly show: (value: number) => string;
  readonly tone?: ((cell: number) => number) | undefined;
}

function Numbers({ label, values, side, show, tone }: NumbersProps): JSX.Element {
  if (!values) return <figure class="matrix" aria-busy="true"><figcaption>{label}</figcaption><div class="numbers-place" style={`--side: ${side}`} /></figure>;
  return <Matrix label={label} values={values} columns={side} show={show} tone={tone} />;
}
