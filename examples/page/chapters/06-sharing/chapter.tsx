/** Parameter sharing: one task by a fully connected layer and by a convolution. */
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { conv2d, graph, input } from 'receptive/layers';
import { useAddressed } from '../../app/address.js';
import { oneOf, whole } from '../../app/codecs.js';
import { say, showNumber, showSignificant } from '../../app/words.js';
import { compute, numbersOf } from '../../engine/compute.js';
import { useWork } from '../../engine/use-work.js';
import { Choice, Discover, Slider } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Matrix } from '../../ui/matrix.js';
import { showBytes } from '../../ui/units.js';
import { openCosts } from './cost.js';
import type { Cost, Task } from './cost.js';
import './sharing.css';
import { text } from './text.js';

const SIDES = ['7', '14', '28'] as const;
const CHANNELS = ['1', '3'] as const;
const KERNELS = ['3', '5', '7'] as const;

export default function Sharing(): JSX.Element {
  const words = say(text);
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <Compared />
      <Shared />
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}

/** The first layer of LeNet unless something else is asked for: six maps of 28 x 28, by kernels of 5 x 5. */
function Compared(): JSX.Element {
  const words = say(text);
  const side = useAddressed('side', oneOf(...SIDES), '28');
  const channels = useAddressed('c', oneOf(...CHANNELS), '1');
  const kernel = useAddressed('k', oneOf(...KERNELS), '5');
  const maps = useAddressed('m', whole(1, 6), 6);
  const task = useComputed((): Task => ({ side: Number(side.value), channels: Number(channels.value), maps: maps.value, kernel: Number(kernel.value) }));
  const source = useMemo(openCosts, []);
  useEffect(() => () => source.end(), []);
  const { value, error } = useWork(() => source.ask(task.value), [task.value]).value;
  return (
    <section class="panel">
      <h2>{words.cost}</h2>
      <div class="row">
        <Choice label={words.side} value={side} options={SIDES.map((one) => [one, one])} />
        <Choice label={words.channels} value={channels} options={CHANNELS.map((one) => [one, one])} />
        <Choice label={words.kernel} value={kernel} options={KERNELS.map((one) => [one, `${one} × ${one}`])} />
        <Slider label={words.maps} value={maps} min={1} max={6} />
      </div>
      {error !== undefined && <ErrorNote error={error} />}
      {!value && error === undefined && <p class="note" role="status">{words.computing}</p>}
      {value && (
        <div class="scales">
          {(['params', 'macs', 'bytes'] as const).map((what) => <Scale key={what} name={words[what]} what={what} dense={value.dense} convolution={value.convolution} />)}
        </div>
      )}
    </section>
  );
}

interface ScaleProps {
  readonly name: string;
  readonly what: keyof Cost;
  readonly dense: Cost;
  readonly convolution: Cost;
}

/** Of the drawing; the larger square fills it. */
const WIDTH = 240;
/** A square that is smaller gets a ring around it, to be found. */
const TINY = 12;

function Scale({ name, what, dense, convolution }: ScaleProps): JSX.Element {
  const words = say(text);
  const show = what === 'bytes' ? showBytes : (value: number) => showNumber(value, 0);
  const [large, small] = [dense[what], convolution[what]];
  const most = Math.max(large, small, 1);
  const sideOf = (value: number): number => WIDTH * Math.sqrt(value / most);
  return (
    <figure class="scale-figure">
      <figcaption><strong>{name}</strong></figcaption>
      <svg viewBox={`-1 -1 ${WIDTH + 2} ${WIDTH + 2}`} role="img" aria-label={words.drawn(name, show(large), show(small))}>
        <rect class="dense" x={0} y={WIDTH - sideOf(large)} width={sideOf(large)} height={sideOf(large)} />
        <rect class="convolution" x={0} y={WIDTH - sideOf(small)} width={sideOf(small)} height={sideOf(small)} />
        {sideOf(small) < TINY && <circle class="ring" cx={TINY} cy={WIDTH - TINY} r={TINY - 1} />}
      </svg>
      <dl data-cost={what}>
        <dt>{words.dense}</dt><dd>{show(large)}</dd>
        <dt class="convolution">{words.convolution}</dt><dd>{show(small)}</dd>
      </dl>
      <p class="note">{words.times(showSignificant(large / small))}</p>
    </figure>
  );
}

const [IMAGE_SIDE, SIDE] = [4, 3];
const PIXELS = IMAGE_SIDE * IMAGE_SIDE;
/** No two alike, so that a number says which weight it is. */
const KERNEL = [1, 2, 3, 4, 5, 6, 7, 8, 9];

const one = input([PIXELS, 1, IMAGE_SIDE, IMAGE_SIDE]);
const each = graph({ x: one }, { y: conv2d(1, 1, SIDE, { bias: false, name: 'conv' })(one) });

/** The weights [outputs, pixels] of the fully connected layer that does the same: its columns are what the convolution makes of each pixel alone. */
async function asDense(): Promise<readonly number[]> {
  const alone = Float32Array.from({ length: PIXELS * PIXELS }, (_, i) => (i % (PIXELS + 1) === 0 ? 1 : 0));
  const { y } = await compute(each, { key: 'sharing', weights: { 'conv.weight': numbersOf(KERNEL, [1, 1, SIDE, SIDE]) }, inputs: { x: numbersOf(alone, [PIXELS, 1, IMAGE_SIDE, IMAGE_SIDE]) } });
  const outputs = y!.data.length / PIXELS;
  return Array.from({ length: outputs * PIXELS }, (_, i) => y!.data[(i % PIXELS) * outputs + Math.floor(i / PIXELS)] ?? 0);
}

function Shared(): JSX.Element {
  const words = say(text);
  const weight = useSignal(5);
  const { value, error } = useWork(asDense, []).value;
  const point = (to: number | undefined): void => {
    if (to) weight.value = to;
  };
  const count = (wanted: number): number => value?.filter((cell) => cell === wanted).length ?? 0;
  return (
    <section class="panel">
      <h2>{words.matrix}</h2>
      {error !== undefined && <ErrorNote error={error} />}
      {value && (
        <>
          <div class="row">
            <Matrix label={words.image} values={KERNEL} columns={SIDE} onPoint={(at) => point(at === undefined ? undefined : KERNEL[at])} look={(at) => (KERNEL[at] === weight.value ? 'now' : '')} />
            <Matrix label={words.weights} values={value} columns={PIXELS} onPoint={(at) => point(at === undefined ? undefined : value[at])} look={(at) => (value[at] === weight.value ? 'now' : value[at] === 0 ? 'soft' : '')} />
          </div>
          <p aria-live="polite">{words.shared(weight.value, count(weight.value), count(0))}</p>
        </>
      )}
    </section>
  );
}
