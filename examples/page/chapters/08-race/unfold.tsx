/** The im2col matrix beside its image: a cell of one leads to those of the other. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { conv2d, graph, input } from 'receptive/layers';
import { useAddressed } from '../../app/address.js';
import { whole } from '../../app/codecs.js';
import { say } from '../../app/words.js';
import { compute, numbersOf } from '../../engine/compute.js';
import { useWork } from '../../engine/use-work.js';
import { Slider } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Matrix } from '../../ui/matrix.js';
import { showBytes } from '../../ui/units.js';
import { text } from './text.js';

const SIDE = 5;
/** No two alike, so that a number says which pixel it is. */
const IMAGE = Array.from({ length: SIDE * SIDE }, (_, i) => i + 1);

interface Unfolded {
  readonly rows: Float32Array;
  readonly columns: number;
}

/** The im2col matrix [k * k, OH * OW]: row i is what a kernel that is 1 at place i, and 0 elsewhere, makes of the image. */
async function unfold(kernel: number, padding: number): Promise<Unfolded> {
  const places = kernel * kernel;
  const x = input([1, 1, SIDE, SIDE]);
  const y = conv2d(1, places, kernel, { padding, bias: false, name: 'conv' })(x);
  const oneEach = Float32Array.from({ length: places * places }, (_, i) => (i % (places + 1) === 0 ? 1 : 0));
  const outputs = await compute(graph({ x }, { y }), {
    key: `unfold ${kernel} ${padding}`, weights: { 'conv.weight': numbersOf(oneEach, [places, 1, kernel, kernel]) }, inputs: { x: numbersOf(IMAGE, [1, 1, SIDE, SIDE]) },
  });
  return { rows: outputs['y']!.data, columns: Number(y.shape[2]) * Number(y.shape[3]) };
}

export function Unfold(): JSX.Element {
  const words = say(text);
  const kernel = useAddressed('k', whole(2, 3), 3);
  const padding = useAddressed('p', whole(0, 1), 0);
  const pixel = useSignal<number | undefined>(undefined);
  const { value, error } = useWork(() => unfold(kernel.value, padding.value), [kernel.value, padding.value]).value;
  const marked = pixel.value ?? 13;
  const count = value?.rows.filter((one) => one === marked).length ?? 0;
  const point = (number: number | undefined): void => {
    if (number !== undefined) pixel.value = number;
  };
  return (
    <section class="panel">
      <h2>{words.unfold}</h2>
      <div class="grid">
        <Slider label={words.kernel} value={kernel} min={2} max={3} show={(side) => `${side} × ${side}`} />
        <Slider label={words.padding} value={padding} min={0} max={1} />
      </div>
      {error !== undefined && <ErrorNote error={error} />}
      {value && (
        <>
          <div class="row">
            <Matrix label={words.image} values={IMAGE} columns={SIDE} onPoint={(at) => point(at === undefined ? undefined : IMAGE[at])} look={(at) => (IMAGE[at] === marked ? 'now' : '')} />
            <Matrix label={words.matrix} values={value.rows} columns={value.columns} onPoint={(at) => point(at === undefined ? undefined : value.rows[at])} look={(at) => (value.rows[at] === marked ? 'now' : value.rows[at] === 0 ? 'soft' : '')} />
          </div>
          <p aria-live="polite">{marked === 0 ? words.zeros(count) : words.copies(marked, count)}</p>
          <p class="note">{words.bytes(showBytes(Float32Array.from(IMAGE).byteLength), showBytes(value.rows.byteLength))}</p>
        </>
      )}
    </section>
  );
}
