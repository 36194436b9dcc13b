/** Stride, padding, dilation: a kernel that is dragged over a small image. */
import { useComputed } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useAddressed } from '../../app/address.js';
import { whole } from '../../app/codecs.js';
import { say } from '../../app/words.js';
import { useWork } from '../../engine/use-work.js';
import { Button, Discover, Slider } from '../../ui/controls.js';
import { ErrorNote, kindOf } from '../../ui/error-note.js';
import { Matrix } from '../../ui/matrix.js';
import './stride.css';
import { convolve, paddedSide, spanOf, uses } from './geometry.js';
import type { Convolved, Setting } from './geometry.js';
import { text } from './text.js';

/** The cell of the padded image below each weight. */
function cellsUnder(cell: number, out: number, setting: Setting): readonly number[] {
  const { kernel, stride, dilation } = setting;
  const [top, left] = [Math.floor(cell / out) * stride, (cell % out) * stride];
  return Array.from({ length: kernel * kernel }, (_, i) => (top + Math.floor(i / kernel) * dilation) * paddedSide(setting) + left + (i % kernel) * dilation);
}

/** The cell of the map whose window has its centre nearest to a cell of the padded image. */
function nearest(at: number, out: number, setting: Setting): number {
  const place = (line: number): number => Math.min(out - 1, Math.max(0, Math.round((line - (spanOf(setting) - 1) / 2) / setting.stride)));
  return place(Math.floor(at / paddedSide(setting))) * out + place(at % paddedSide(setting));
}

const inRim = (at: number, { size, padding }: Setting): boolean => {
  const side = size + 2 * padding;
  return [Math.floor(at / side), at % side].some((line) => line < padding || line >= side - padding);
};

const square = (side: number): string => `${side} × ${side}`;

export default function Stride(): JSX.Element {
  const words = say(text);
  const size = useAddressed('n', whole(3, 7), 5);
  const kernel = useAddressed('k', whole(1, 5), 3);
  const stride = useAddressed('s', whole(1, 3), 1);
  const padding = useAddressed('p', whole(0, 2), 0);
  const dilation = useAddressed('d', whole(1, 3), 1);
  const cell = useAddressed('cell', whole(0, 120), 0);
  const setting = useComputed((): Setting => ({ size: size.value, kernel: kernel.value, stride: stride.value, padding: padding.value, dilation: dilation.value }));
  const done = useWork(() => convolve(setting.value), [setting.value]).value;
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <section class="panel">
        <div class="grid">
          <Slider label={words.size} value={size} min={3} max={7} show={square} />
          <Slider label={words.kernel} value={kernel} min={1} max={5} show={square} />
          <Slider label={words.stride} value={stride} min={1} max={3} />
          <Slider label={words.padding} value={padding} min={0} max={2} />
          <Slider label={words.dilation} value={dilation} min={1} max={3} />
          <div><Button onClick={() => ([size.value, kernel.value, stride.value, padding.value, dilation.value, cell.value] = [5, 3, 1, 0, 1, 0])}>{words.again}</Button></div>
        </div>
        {done.error !== undefined && <Refused error={done.error} setting={setting.value} />}
        {done.value && <Grids done={done.value} cell={cell} />}
      </section>
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}

/** What is in the way, with the numbers of it. */
function Refused({ error, setting }: { readonly error: unknown; readonly setting: Setting }): JSX.Element {
  return (
    <>
      {kindOf(error) === 'geometry' && <p>{say(text).outside(spanOf(setting), paddedSide(setting))}</p>}
      <ErrorNote error={error} />
    </>
  );
}

/** A finger that drags stays with the cell where it began: which one it is over now, the page has to be asked. */
function drag(event: PointerEvent, move: (cell: number) => void): void {
  if (event.buttons === 0) return;
  const over = document.elementFromPoint(event.clientX, event.clientY)?.closest('td')?.querySelector<HTMLElement>('[data-cell]');
  if (over && (event.currentTarget as HTMLElement).contains(over)) move(Number(over.dataset['cell']));
}

function Grids({ done, cell }: { readonly done: Convolved; readonly cell: Signal<number> }): JSX.Element {
  const words = say(text);
  const { setting, out, padded, weights, map } = done;
  const seen = useWork(() => uses(setting), [setting]).value;
  const most = Math.max(1, ...(seen.value ?? []));
  const at = Math.min(cell.value, out * out - 1);
  const under = cellsUnder(at, out, setting);
  const move = (to: number | undefined): void => {
    if (to !== undefined) cell.value = to;
  };
  const side = paddedSide(setting);
  return (
    <>
      <Formula setting={setting} out={out} />
      <div class="row">
        <div class="drag-grid" style={`--columns: ${side}`} onPointerMove={(event) => drag(event, (one) => move(nearest(one, out, setting)))}>
          <Matrix label={words.padded} values={padded} columns={side} onPoint={(one) => move(one === undefined ? undefined : nearest(one, out, setting))} look={(one) => (under.includes(one) ? 'now' : inRim(one, setting) ? 'soft' : '')} />
        </div>
        <Matrix label={words.weights} values={weights} columns={setting.kernel} />
        <Matrix label={words.map} values={map} columns={out} onPoint={move} look={(one) => (one === at ? 'now' : '')} />
        {seen.value && <Matrix label={words.uses} values={seen.value} columns={setting.size} tone={(one) => (seen.value?.[one] ?? 0) / most} />}
      </div>
      <p class="note" aria-live="polite">{words.place(Math.floor(at / out) + 1, (at % out) + 1, Math.floor(under[0]! / side) + 1, (under[0]! % side) + 1)}</p>
      {seen.error !== undefined && <ErrorNote error={seen.error} />}
    </>
  );
}

/** The formula of the output's size, with the numbers in it. */
function Formula({ setting, out }: { readonly setting: Setting; readonly out: number }): JSX.Element {
  const { size, kernel, stride, padding, dilation } = setting;
  return <p class="formula">{`⌊(${size} + 2·${padding} − ${dilation}·(${kernel} − 1) − 1) / ${stride}⌋ + 1 = `}<strong>{out}</strong></p>;
}
