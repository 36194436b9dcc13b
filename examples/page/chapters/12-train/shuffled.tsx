/** What the order of pixels is worth: to a fully connected network nothing, to a convolution much. */
import type { JSX } from 'preact';
import { say, showPercent } from '../../app/words.js';
import { Button } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import type { NetName } from './session.js';
import { text } from './text.js';
import { UPDATES } from './use-compare.js';
import type { Compared, Comparison } from './use-compare.js';

const NETS: readonly NetName[] = ['dense', 'lenet'];

export function Shuffled({ comparison, ready }: { readonly comparison: Comparison; readonly ready: boolean }): JSX.Element {
  const words = say(text);
  const { rows, running, error, start, stop } = comparison;
  return (
    <div class="shuffled" data-running={running.value}>
      <p>{words.mixHow}</p>
      {running.value ? <Button onClick={stop}>{words.stop}</Button> : <Button onClick={start} disabled={!ready}>{words.compare(UPDATES)}</Button>}
      {error.value !== undefined && <ErrorNote error={error.value} again={start} />}
      <table aria-live="polite">
        <caption>{words.compared}</caption>
        <thead><tr><th scope="col">{words.net}</th><th scope="col">{words.inPlace}</th><th scope="col">{words.mixed}</th></tr></thead>
        <tbody>
          {NETS.map((net) => (
            <tr key={net}>
              <th scope="row">{words[net]}</th>
              {rows.value.filter((row) => row.net === net).map((row) => <Cell key={String(row.shuffled)} row={row} />)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ row: { net, shuffled, updates, accuracy } }: { readonly row: Compared }): JSX.Element {
  const words = say(text);
  return (
    <td data-net={net} data-shuffled={shuffled} data-accuracy={accuracy}>
      {accuracy !== undefined ? <strong>{showPercent(accuracy)}</strong> : updates > 0 ? <progress aria-label={words.updates} max={UPDATES} value={updates} /> : '–'}
    </td>
  );
}
