/** Times over the size of the image: a plot, and its numbers. */
import type { JSX } from 'preact';
import { say } from '../../app/words.js';
import { Plot } from '../../ui/plot.js';
import { showDigits } from './show.js';
import { text } from './text.js';
import { OVER_SIZES } from './ways.js';

export interface Point {
  readonly side: number;
  /** Of each of OVER_SIZES. */
  readonly ms: readonly (number | null)[];
}

/** From this curve on lines are dashed: the page has four colours for curves. */
const DASHED_FROM = 4;

export function OverSizes({ points }: { readonly points: readonly Point[] }): JSX.Element {
  const words = say(text);
  const names = OVER_SIZES.map(({ kind, name }) => (kind === 'lesson' ? words.lessons[name] : words.product.auto));
  const curves = names.map((label, i) => ({ label, values: points.map(({ ms }) => ms[i] ?? null), dashed: i >= DASHED_FROM }));
  return (
    <>
      <Plot label={words.sizes} x={points.map(({ side }) => side)} xLabel={words.sideAxis} yLabel={words.msAxis} curves={curves} logX logY height={320} />
      <div class="race-table" tabIndex={0} role="region" aria-label={words.sizes}>
        <table class="sizes">
          <thead><tr><th scope="col">{words.version}</th>{points.map(({ side }) => <th scope="col" key={side}>{`${side} × ${side}`}</th>)}</tr></thead>
          <tbody>
            {curves.map(({ label, values }) => <tr key={label}><th scope="row">{label}</th>{values.map((ms, i) => <td key={i}>{ms === null ? '–' : showDigits(ms)}</td>)}</tr>)}
          </tbody>
        </table>
      </div>
    </>
  );
}
