/** What a network that learns has to show: its kernels, what it takes for what, and what it misreads. */
import type { JSX } from 'preact';
import type { Confusion } from 'receptive/train';
import { useMemo } from 'preact/hooks';
import { say, showNumber } from '../../app/words.js';
import { NORMALIZE } from '../../engine/normalize.js';
import { Picture } from '../../ui/picture.js';
import { answerAt } from './answers.js';
import type { DigitSet } from './data.js';
import type { Judgement } from './session.js';
import { text } from './text.js';

const SIDE = 5;
const CELLS = SIDE * SIDE;
/** Side of a digit. */
const PIXELS = 28;

/** The kernels, each in its own scale; what is below zero has another colour and a minus. */
export function Kernels({ weights }: { readonly weights: Float32Array }): JSX.Element {
  const words = say(text);
  const kernels = Array.from({ length: weights.length / CELLS }, (_, i) => Array.from(weights.subarray(i * CELLS, (i + 1) * CELLS)));
  return (
    <ol class="kernels">
      {kernels.map((kernel, i) => {
        const [least, most] = [Math.min(...kernel), Math.max(...kernel)];
        const largest = Math.max(-least, most) || 1;
        return (
          <li key={i}>
            <svg viewBox={`0 0 ${SIDE} ${SIDE}`} role="img" aria-label={words.kernel(i + 1, showNumber(least), showNumber(most))}>
              {kernel.map((weight, cell) => (
                <g key={cell} transform={`translate(${cell % SIDE} ${Math.floor(cell / SIDE)})`}>
                  <rect width="0.94" height="0.94" rx="0.1" class={weight < 0 ? 'minus' : 'plus'} fill-opacity={(Math.abs(weight) / largest).toFixed(2)} />
                  <text x="0.47" y="0.62">{weight < 0 ? '−' : ''}</text>
                </g>
              ))}
            </svg>
          </li>
        );
      })}
    </ol>
  );
}

/** A row for each digit that was written, a column for each that was read. */
export function ConfusionTable({ confusion: { counts, size } }: { readonly confusion: Confusion }): JSX.Element {
  const words = say(text);
  const digits = Array.from({ length: size }, (_, i) => i);
  const rows = digits.map((truth) => Array.from(counts.subarray(truth * size, (truth + 1) * size)));
  return (
    <table class="confusion">
      <caption>{words.confusion}</caption>
      <thead><tr><th scope="col"><span>{words.written} ↓</span><span>{words.read} →</span></th>{digits.map((digit) => <th key={digit} scope="col">{digit}</th>)}</tr></thead>
      <tbody>
        {rows.map((row, truth) => {
          const all = row.reduce((sum, count) => sum + count, 0) || 1;
          return (
            <tr key={truth}>
              <th scope="row">{truth}</th>
              {row.map((count, answer) => <td key={answer} class={answer === truth ? 'right' : 'wrong'} style={`--tone: ${(count ? 12 + (28 * count) / all : 0).toFixed(0)}%`}>{count}</td>)}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Most that are shown. */
const MOST = 12;

interface Misread {
  readonly at: number;
  readonly truth: number;
  readonly answer: number;
}

function misreadOf({ output }: Judgement, labels: Int32Array): readonly Misread[] {
  const found: Misread[] = [];
  for (let at = 0; at < labels.length && found.length < MOST; at++) {
    const answer = answerAt(output, at);
    if (answer !== labels[at]) found.push({ at, truth: labels[at]!, answer });
  }
  return found;
}

/** A normalised digit as bytes. */
export function pixelsOf(data: Float32Array): { data: Uint8ClampedArray; width: number; height: number; channels: 1 } {
  return { data: Uint8ClampedArray.from(data, (value) => 255 * (value * NORMALIZE.std + NORMALIZE.mean)), width: PIXELS, height: PIXELS, channels: 1 };
}

export function MisreadDigits({ judgement, test }: { readonly judgement: Judgement; readonly test: DigitSet }): JSX.Element {
  const words = say(text);
  const found = useMemo(() => misreadOf(judgement, test.labels ?? new Int32Array(0)).map((one) => ({ ...one, picture: pixelsOf(test.get([one.at]).x.data) })), [judgement, test]);
  return (
    <figure class="misread">
      <figcaption>{words.misread}</figcaption>
      {found.length === 0 && <p>{words.none}</p>}
      <ul>
        {found.map(({ at, truth, answer, picture }) => (
          <li key={at}><Picture pixels={picture} label={words.readAs(truth, answer)} hard /><span aria-hidden="true">{truth} → {answer}</span></li>
        ))}
      </ul>
    </figure>
  );
}
