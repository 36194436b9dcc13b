/** Channels and many kernels: three slices summed to one map, and the parameters counted. */
import type { JSX } from 'preact';
import { conv2d, graph, input } from 'receptive/layers';
import { useAddressed } from '../../app/address.js';
import { numbers, whole } from '../../app/codecs.js';
import { say, showNumber } from '../../app/words.js';
import { compute, numbersOf } from '../../engine/compute.js';
import { useWork } from '../../engine/use-work.js';
import { Discover, Slider } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Matrix } from '../../ui/matrix.js';
import { text } from './text.js';

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
  const seen = useWork(() => convolve(image.value, kernel.value), [image.value, kernel.value]).value;
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <section class="panel">
        {words.channels.map((name, c) => (
          <div class="row" key={c}>
            <Matrix label={words.image(name)} values={sliceOf(image.value, c, SIZE * SIZE)} columns={SIZE} onEdit={(values) => (image.value = withSlice(image.value, c, values))} />
            <Matrix label={words.slice(name)} values={sliceOf(kernel.value, c, SIDE * SIDE)} columns={SIDE} onEdit={(values) => (kernel.value = withSlice(kernel.value, c, values))} />
            {seen.value && <Matrix label={words.part(name)} values={sliceOf(seen.value.parts, c, OUT * OUT)} columns={OUT} />}
          </div>
        ))}
        {seen.value && <Matrix label={words.sum} values={seen.value.sum} columns={OUT} />}
        {seen.error !== undefined && <ErrorNote error={seen.error} />}
      </section>
      <section class="panel"><Count /></section>
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}

/** K kernels of C slices: as many weights, and a bias each. */
function Count(): JSX.Element {
  const words = say(text);
  const inputs = useAddressed('C', whole(1, 64), 3);
  const kernels = useAddressed('K', whole(1, 64), 6);
  const side = useAddressed('side', whole(1, 11), 5);
  const [c, k, s] = [inputs.value, kernels.value, side.value];
  return (
    <>
      <Slider label={words.inputs} value={inputs} min={1} max={64} />
      <Slider label={words.kernels} value={kernels} min={1} max={64} />
      <Slider label={words.side} value={side} min={1} max={11} />
      <p class="formula" aria-live="polite">{words.maps(showNumber(k))}<br />{words.parameters} {k} × ({c} × {s} × {s} + 1) = <strong>{showNumber(k * (c * s * s + 1), 6)}</strong></p>
    </>
  );
}
