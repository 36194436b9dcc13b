/** K kernels give K maps, drawn from a photo, and the parameters of the layer as the product counts them. */
import type { Signal } from '@preact/signals';
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { conv2d, graph, graphSummary, input } from 'receptive/layers';
import { useAddressed } from '../../app/address.js';
import { oneOf, whole } from '../../app/codecs.js';
import { say, showNumber } from '../../app/words.js';
import { filterPhoto } from '../../engine/photo.js';
import type { Filter } from '../../engine/photo.js';
import { useWork } from '../../engine/use-work.js';
import { Slider } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { PhotoSource, SAMPLE_NAMES, sample } from '../../ui/photo-source.js';
import type { SampleName } from '../../ui/photo-source.js';
import { Picture } from '../../ui/picture.js';
import { text } from './text.js';

const MOST = 64;
const MOST_SIDE = 11;
/** Longest side of a map, in pixels. */
const LONGEST = 96;
/** Turn from one kernel to the next: the golden angle, by which no two of them look the same way. */
const TURN = Math.PI * (3 - Math.sqrt(5));
/** What a kernel takes of red, green and blue, in turn: brightness, red against green, blue against yellow. */
const COLOURS = [[1, 1, 1], [2, -2, 0], [-1, -1, 2]] as const;

/** So many kernels of three slices: edges of all directions, in brightness and in colour; of one pixel, the colour alone. */
function kernelsOf(maps: number, side: number): Filter {
  const middle = (side - 1) / 2;
  const weight = Array.from({ length: maps }, (_, k) => COLOURS[k % COLOURS.length]!.flatMap((colour) => Array.from({ length: side * side }, (_unused, at) => {
    const [down, right] = [Math.floor(at / side) - middle, (at % side) - middle];
    return (colour * (side === 1 ? 1 : Math.cos(k * TURN) * right + Math.sin(k * TURN) * down)) / (side * side * Math.max(1, middle));
  })));
  return { weight: weight.flat(), bias: side === 1 ? 0 : 128, maps, groups: 1, side };
}

/** The layer of K kernels of C slices, on any image. */
function paramsOf(channels: number, maps: number, side: number): number {
  const x = input([1, channels, side, side]);
  return graphSummary(graph({ x }, { y: conv2d(channels, maps, side)(x) })).params;
}

export function Maps(): JSX.Element {
  const words = say(text);
  const inputs = useAddressed('C', whole(1, MOST), 3);
  const kernels = useAddressed('K', whole(1, MOST), 6);
  const side = useAddressed('side', whole(1, MOST_SIDE), 5);
  const [c, k, s] = [inputs.value, kernels.value, side.value];
  return (
    <>
      <Slider label={words.inputs} value={inputs} min={1} max={MOST} />
      <Slider label={words.kernels} value={kernels} min={1} max={MOST} />
      <Slider label={words.side} value={side} min={1} max={MOST_SIDE} />
      <p class="formula" aria-live="polite">{words.parameters} K × (C × {words.side} × {words.side} + 1)<br />{k} × ({c} × {s} × {s} + 1) = <strong>{showNumber(paramsOf(c, k, s), 6)}</strong></p>
      <Sheet kernels={kernels} side={side} />
    </>
  );
}

/** The maps of a photo, one for each kernel. */
function Sheet({ kernels, side }: { readonly kernels: Signal<number>; readonly side: Signal<number> }): JSX.Element {
  const words = say(text);
  const chosen = useAddressed<SampleName>('photo', oneOf(...SAMPLE_NAMES), 'coffee');
  const own = useSignal<Blob | undefined>(undefined);
  const odd = side.value - (1 - (side.value % 2));
  const seen = useWork(async () => filterPhoto(own.value ?? (await sample(chosen.value)), LONGEST, kernelsOf(kernels.value, odd)), [own.value, chosen.value, kernels.value, odd]).value;
  return (
    <>
      <p>{words.maps(showNumber(kernels.value), odd)}</p>
      <PhotoSource chosen={own.value ? undefined : chosen.value} onPhoto={(blob, name) => (name ? ([own.value, chosen.value] = [undefined, name]) : (own.value = blob))} />
      <div class="channel-maps">
        {seen.value?.after.map((map, at) => <Picture key={at} pixels={map} label={words.map(at + 1)} />)}
      </div>
      {seen.error !== undefined && <ErrorNote error={seen.error} />}
    </>
  );
}
