/** Convolution by hand: the lecture's 5x5 image and 3x3 kernel, step by step. */
import { useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { conv2d, graph, input } from 'receptive/layers';
import { useAddressed } from '../../app/address.js';
import { numbers, oneOf, whole } from '../../app/codecs.js';
import { useChange } from '../../app/use-change.js';
import { say, showNumber } from '../../app/words.js';
import { compute, numbersOf } from '../../engine/compute.js';
import { useWork } from '../../engine/use-work.js';
import { Button, Choice, Discover } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Matrix } from '../../ui/matrix.js';
import { Player } from '../../ui/player.js';
import { text } from './text.js';

const [SIZE, SIDE] = [5, 3];
const OUT = SIZE - SIDE + 1;
const IMAGE = [7, 2, 8, 8, 4, 3, 6, 6, 6, 2, 1, 6, 3, 0, 5, 0, 3, 8, 5, 2, 3, 9, 4, 3, 6];
const KERNEL = [5, 9, 1, 3, 8, 3, 3, 4, 6];

const x = input([1, 1, SIZE, SIZE]);
const net = graph({ x }, { y: conv2d(1, 1, SIDE, { bias: false, name: 'conv' })(x) });

async function convolve(image: readonly number[], kernel: readonly number[]): Promise<Float32Array> {
  const { y } = await compute(net, {
    key: `by-hand ${kernel.join()}`, weights: { 'conv.weight': numbersOf(kernel, [1, 1, SIDE, SIDE]) }, inputs: { x: numbersOf(image, [1, 1, SIZE, SIZE]) },
  });
  return y!.data;
}

/** The cells of the image below the kernel, row by row. */
function cellsUnder(cell: number): readonly number[] {
  const [row, column] = [Math.floor(cell / OUT), cell % OUT];
  return Array.from({ length: SIDE * SIDE }, (_, i) => (row + Math.floor(i / SIDE)) * SIZE + column + (i % SIDE));
}

export default function ByHand(): JSX.Element {
  const words = say(text);
  const image = useAddressed('x', numbers(SIZE * SIZE, -999, 999), IMAGE);
  const kernel = useAddressed('k', numbers(SIDE * SIDE, -999, 999), KERNEL);
  const way = useAddressed('way', oneOf('correlation', 'convolution'), 'correlation');
  const step = useAddressed('step', whole(0, OUT * OUT - 1), 0);
  const pointed = useSignal<number | undefined>(undefined);
  useChange(() => (pointed.value = undefined), [step.value]);
  const laid = useComputed(() => (way.value === 'correlation' ? kernel.value : [...kernel.value].reverse()));
  const map = useWork(() => convolve(image.value, laid.value), [image.value, laid.value]).value;
  const cell = pointed.value ?? step.value;
  const under = cellsUnder(cell);
  const shown = (at: number): boolean => at <= step.value || at === pointed.value;
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <section class="panel" data-step={cell}>
        <Player step={step} count={OUT * OUT} />
        <div class="row">
          <Matrix label={words.image} values={image.value} columns={SIZE} onEdit={(values) => (image.value = values)} look={(at) => (under.includes(at) ? 'under' : '')} />
          <Matrix label={words.kernel} values={way.value === 'correlation' ? kernel.value : laid.value} columns={SIDE} onEdit={(values) => (kernel.value = way.value === 'correlation' ? values : [...values].reverse())} />
          {map.value && <Matrix label={words.map} values={map.value} columns={OUT} onPoint={(at) => (pointed.value = at)} look={(at) => (at === cell ? 'now' : shown(at) ? '' : 'soft')} />}
        </div>
        {map.error !== undefined && <ErrorNote error={map.error} />}
        {map.value && <Sum cell={cell} pixels={under.map((at) => image.value[at] ?? 0)} weights={laid.value} sum={map.value[cell] ?? 0} />}
        <div class="row">
          <Choice label={words.way} value={way} options={[['correlation', words.correlation], ['convolution', words.convolution]]} />
          <Button onClick={() => ([image.value, kernel.value, way.value] = [IMAGE, KERNEL, 'correlation'])}>{words.reset}</Button>
        </div>
      </section>
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}

interface SumProps {
  readonly cell: number;
  readonly pixels: readonly number[];
  readonly weights: readonly number[];
  readonly sum: number;
}

/** The sum as the lecture writes it: 7×5 + 2×9 + ... = 181. */
function Sum({ cell, pixels, weights, sum }: SumProps): JSX.Element {
  const terms = pixels.map((pixel, i) => `${signed(pixel)}×${signed(weights[i] ?? 0)}`);
  return (
    <p class="formula" aria-live="polite">
      <span class="note">{say(text).cell(Math.floor(cell / OUT) + 1, (cell % OUT) + 1)} </span><br />
      {terms.join(' + ')} = <strong>{showNumber(sum)}</strong>
    </p>
  );
}

const signed = (value: number): string => (value < 0 ? `(${showNumber(value)})` : showNumber(value));
