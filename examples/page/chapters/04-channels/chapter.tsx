/** Channels and many kernels: three slices summed to one map, and the parameters counted. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { conv2d, graph, input } from 'receptive/layers';
import { useAddressed } from '../../app/address.js';
import { numbers } from '../../app/codecs.js';
import { say, showNumber } from '../../app/words.js';
import { compute, numbersOf } from '../../engine/compute.js';
import { useWork } from '../../engine/use-work.js';
import { Discover } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Matrix } from '../../ui/matrix.js';
import { Maps } from './maps.js';
import { text } from './text.js';
import './chapter.css';

const [C, SIZE, SIDE] = [3, 4, 3];
const OUT = SIZE - SIDE + 1;
const IMAGE = [1, 2, 0, 1, 3, 1, 2, 0, 0, 1, 1, 2, 2, 0, 1, 3, 0, 1, 1, 0, 2, 2, 0, 1, 1, 0, 3, 1, 0, 1, 2, 2, 2, 1, 0, 0, 1, 1, 1, 2, 0, 2, 1, 1, 3, 0, 2, 1];
const KERNEL = [1, 0, -1, 1, 0, -1, 1, 0, -1, 0, 1, 0, 1, -4, 1, 0, 1, 0, 1, 1, 1, 0, 0, 0, -1, -1, -1];

const x = input([1, C, SIZE, SIZE]);
const net = graph({ x }, { parts: conv2d(C, C, SIDE, { groups: C, bias: false, name: 'parts' })(x), sum: conv2d(C, 1, SIDE, { bias: false, name: 'sum' })(x) });

const sliceOf = (values: ArrayLike<number>, channel: number, count: number): readonly number[] => Array.from(values).slice(channel * count, (channel + 1) * count);
const withSlice = (values: readonly number[], channel: number, slice: readonly number[]): readonly number[] => values.map((old, at) => slice[at - channel * slice.length] ?? old);

async function convolve(image: readonly number[], kernel: readonly number[]): Promise<{ readonly parts: Float32Array; readonly sum: Float32Array }> {
  const outputs = await compute(net, {
    key: `channels ${kernel.join()}`,
    weights: { 'parts.weight': numbersOf(kernel, [C, 1, SIDE, SIDE]), 'sum.weight': numbersOf(kernel, [1, C, SIDE, SIDE]) },
    inputs: { x: numbersOf(image, [1, C, SIZE, SIZE]) },
  });
  return { parts: outputs['parts']!.data, sum: outputs['sum']!.data };
}

export default function Channels(): JSX.Element {
  const words = say(text);
  const image = useAddressed('x', numbers(C * SIZE * SIZE, -999, 999), IMAGE);
  const kernel = useAddressed('k', numbers(C * SIDE * SIDE, -999, 999), KERNEL);
  const cell = useSignal(0);
  const seen = useWork(() => convolve(image.value, kernel.value), [image.value, kernel.value]).value;
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <section class="panel">
        {words.channels.map((name, c) => (
          <div class="row" key={c}>
            <Matrix label={words.image(name)} values={sliceOf(image.value, c, SIZE * SIZE)} columns={SIZE} onEdit={(values) => (image.value = withSlice(image.value, c, values))} />
            <Matrix label={words.slice(name)} values={sliceOf(kernel.value, c, SIDE * SIDE)} columns={SIDE} onEdit={(values) => (kernel.value = withSlice(kernel.value, c, values))} />
            {seen.value && <Matrix label={words.part(name)} values={sliceOf(seen.value.parts, c, OUT * OUT)} columns={OUT} look={(at) => (at === cell.value ? 'now' : '')} />}
          </div>
        ))}
        {seen.value && (
          <div class="row">
            <Matrix label={words.sum} values={seen.value.sum} columns={OUT} onPoint={(at) => (cell.value = at ?? cell.value)} look={(at) => (at === cell.value ? 'now' : '')} />
            <SumOf {...seen.value} cell={cell.value} />
          </div>
        )}
        {seen.error !== undefined && <ErrorNote error={seen.error} />}
      </section>
      <section class="panel"><Maps /></section>
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}

/** How a number of the sum is added up from its slices, written out. */
function SumOf({ parts, sum, cell }: { readonly parts: Float32Array; readonly sum: Float32Array; readonly cell: number }): JSX.Element {
  const terms = Array.from({ length: C }, (_, c) => parts[c * OUT * OUT + cell] ?? 0);
  return <p class="formula channel-sum" aria-live="polite">{terms.map((term) => (term < 0 ? `(${showNumber(term)})` : showNumber(term))).join(' + ')} = <strong>{showNumber(sum[cell] ?? 0)}</strong></p>;
}
