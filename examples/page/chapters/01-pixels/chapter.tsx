/** Pixels: a picture as matrices, and what flattening throws away. */
import type { JSX } from 'preact';
import { conv2d, flatten, graph, input, linear } from 'receptive/layers';
import { useAddressed } from '../../app/address.js';
import { flag, oneOf } from '../../app/codecs.js';
import { say, showNumber } from '../../app/words.js';
import { compute, numbersOf } from '../../engine/compute.js';
import { useWork } from '../../engine/use-work.js';
import { Choice, Discover, Toggle } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Matrix } from '../../ui/matrix.js';
import { Picture } from '../../ui/picture.js';
import { text } from './text.js';
import './chapter.css';

const SIDE = 8;
const COUNT = SIDE * SIDE;
const ROWS = '........ .rr..rr. rwrrrrrr rrrrrrrr .rrrrrr. ..rrrr.. ...rr... ........';
const COLOURS: Readonly<Record<string, readonly number[]>> = { '.': [235, 240, 250], r: [220, 40, 60], w: [255, 180, 190] };
const HEART = [...ROWS.replaceAll(' ', '')].map((letter) => COLOURS[letter]!);
/** One permutation of all pixels: 37 and 64 have no common factor. */
const ORDER = HEART.map((_, at) => (at * 37 + 11) % COUNT);

const CHANNELS = ['grey', 'red', 'green', 'blue'] as const;
type Channel = (typeof CHANNELS)[number];
/** Grey as ITU-R BT.601 weighs the colours; a channel is the kernel that takes it alone. */
const MIX: Readonly<Record<Channel, readonly number[]>> = { grey: [0.299, 0.587, 0.114], red: [1, 0, 0], green: [0, 1, 0], blue: [0, 0, 1] };
const EDGE = [-1, 0, 1, -2, 0, 2, -1, 0, 1];
/** The unit's weights are those of pixels in the heart, so that its sum means something. */
const UNIT = HEART.map(([red = 0, green = 0]) => (red > green + 50 ? -1 : 1));

const x = input([1, 3, SIDE, SIDE]);
const mixed = conv2d(3, 1, 1, { bias: false, name: 'mix' })(x);
const edges = conv2d(1, 1, 3, { bias: false, name: 'edge' })(mixed);
const net = graph({ x }, { mixed, edges, unit: linear(COUNT, 1, { bias: false, name: 'unit' })(flatten()(mixed)) });

const moved = <T,>(list: readonly T[], shuffled: boolean): readonly T[] => (shuffled ? ORDER.map((from) => list[from]!) : list);

async function look(channel: Channel, shuffled: boolean): Promise<Readonly<Record<'mixed' | 'edges' | 'unit', Float32Array>>> {
  const pixels = moved(HEART, shuffled);
  const outputs = await compute(net, {
    key: `pixels ${channel} ${String(shuffled)}`,
    weights: { 'mix.weight': numbersOf(MIX[channel], [1, 3, 1, 1]), 'edge.weight': numbersOf(EDGE, [1, 1, 3, 3]), 'unit.weight': numbersOf(moved(UNIT, shuffled), [1, COUNT]) },
    inputs: { x: numbersOf([0, 1, 2].flatMap((c) => pixels.map((pixel) => pixel[c]!)), [1, 3, SIDE, SIDE]) },
  });
  return { mixed: outputs['mixed']!.data, edges: outputs['edges']!.data, unit: outputs['unit']!.data };
}

export default function Pixels(): JSX.Element {
  const words = say(text);
  const channel = useAddressed<Channel>('c', oneOf(...CHANNELS), 'grey');
  const shuffled = useAddressed('shuffled', flag, false);
  const seen = useWork(() => look(channel.value, shuffled.value), [channel.value, shuffled.value]).value;
  const whole = (value: number): string => showNumber(Math.round(value));
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <section class="panel">
        <Choice label={words.shown} value={channel} options={CHANNELS.map((one) => [one, words.channels[one]])} />
        <Toggle label={words.shuffle} value={shuffled} />
        <div class="row">
          <div class="heart"><Picture hard label={words.picture} pixels={{ data: moved(HEART, shuffled.value).flat(), width: SIDE, height: SIDE, channels: 3 }} /></div>
          {seen.value && <Matrix label={words.channels[channel.value]} values={seen.value.mixed} columns={SIDE} show={whole} />}
          {seen.value && <Matrix label={words.edges} values={seen.value.edges} columns={SIDE - 2} show={whole} tone={(at) => (seen.value?.edges[at] ?? 0) / 800} />}
        </div>
        {seen.value && <p class="formula" aria-live="polite">{words.unit} <strong>{whole(seen.value.unit[0] ?? 0)}</strong></p>}
        {seen.error !== undefined && <ErrorNote error={seen.error} />}
      </section>
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}
