/** How the race stands: a bar and the numbers of every version. */
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { say } from '../../app/words.js';
import { showDigits, showTiny } from './show.js';
import { text } from './text.js';
import type { LessonWay, Row, Way } from './ways.js';

interface TableProps {
  readonly rows: readonly Row[];
  /** Whose source is on show. */
  readonly chosen: Signal<LessonWay>;
}

const nameOf = (way: Way): string => {
  const words = say(text);
  return way.kind === 'lesson' ? words.lessons[way.name] : way.kind === 'product' ? words.product[way.name] : words.roof;
};

const shown = (value: number | undefined, show: (value: number) => string): string => (value === undefined ? '–' : show(value));

export function Table({ rows, chosen }: TableProps): JSX.Element {
  const words = say(text);
  const most = Math.max(...rows.map(({ gflops }) => gflops ?? 0));
  return (
    <div class="race-table" tabIndex={0} role="region" aria-label={words.race}>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.version}</th>
            <td />
            {[words.ms, words.speed, words.faster, words.difference].map((head) => <th scope="col" key={head}>{head}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ way, ms, gflops, faster, difference }) => (
            <tr key={`${way.kind} ${way.name}`} class={way.kind}>
              <th scope="row">{way.kind === 'lesson' ? <button type="button" aria-pressed={chosen.value === way.name} onClick={() => (chosen.value = way.name)}>{nameOf(way)}</button> : nameOf(way)}</th>
              <td><span class="track" aria-hidden="true"><span style={`width: ${((100 * (gflops ?? 0)) / Math.max(most, 1e-9)).toFixed(1)}%`} /></span></td>
              <td>{shown(ms, showDigits)}</td>
              <td>{shown(gflops, showDigits)}</td>
              <td>{shown(faster, showDigits)}</td>
              <td>{shown(difference, showTiny)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
