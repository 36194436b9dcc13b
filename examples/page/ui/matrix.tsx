/** A grid of numbers: to read, to point at, to edit. */
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { showNumber } from '../app/words.js';

interface MatrixProps {
  readonly label: string;
  readonly values: ArrayLike<number>;
  readonly columns: number;
  /** Called with all values after one was edited; a matrix without it cannot be edited. */
  readonly onEdit?: ((values: readonly number[]) => void) | undefined;
  /** Called with the cell that is pointed at or focused, and with undefined when none is. */
  readonly onPoint?: ((cell: number | undefined) => void) | undefined;
  /** More classes of a cell: `under`, `now`, `soft`, `zero`. */
  readonly look?: ((cell: number) => string) | undefined;
  /** The ground of a cell, -1 to 1: below zero one colour, above another. */
  readonly tone?: ((cell: number) => number) | undefined;
  readonly show?: (value: number) => string;
}

/** Largest number that can be typed in. */
const MOST = 999;

/** The cell that an arrow leads to, within the grid. */
function neighbour(key: string, cell: number, columns: number, count: number): number | undefined {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key];
  if (step === undefined) return undefined;
  const to = cell + step;
  const sameRow = Math.abs(step) === 1 && Math.floor(to / columns) !== Math.floor(cell / columns);
  return to < 0 || to >= count || sameRow ? undefined : to;
}

export function Matrix({ label, values, columns, onEdit, onPoint, look = () => '', tone, show = (value) => showNumber(value) }: MatrixProps): JSX.Element {
  const table = useRef<HTMLTableElement>(null);
  const list = Array.from(values);
  const rows = Array.from({ length: Math.ceil(list.length / columns) }, (_, row) => list.slice(row * columns, (row + 1) * columns));
  const move = (event: KeyboardEvent, cell: number): void => {
    const to = neighbour(event.key, cell, columns, list.length);
    if (to === undefined || (onEdit && /Left|Right/.test(event.key))) return;
    event.preventDefault();
    table.current?.querySelectorAll<HTMLElement>('[data-cell]')[to]?.focus();
  };
  const edit = (cell: number, typed: string): void => {
    const value = Number(typed.replace(',', '.'));
    if (typed.trim() === '' || !Number.isFinite(value) || Math.abs(value) > MOST) return;
    onEdit?.(list.map((old, at) => (at === cell ? value : old)));
  };
  const inside = (value: number, cell: number): JSX.Element => {
    const events = { 'data-cell': cell, onKeyDown: (event: KeyboardEvent) => move(event, cell), onFocus: () => onPoint?.(cell), onBlur: () => onPoint?.(undefined) };
    const name = `${Math.floor(cell / columns) + 1}, ${(cell % columns) + 1}`;
    if (onEdit) return <input {...events} inputMode="decimal" aria-label={`${label} ${name}`} value={String(Number(value.toPrecision(6)))} onChange={(event) => edit(cell, event.currentTarget.value)} />;
    if (onPoint) return <button type="button" {...events} aria-label={`${label} ${name}: ${show(value)}`}>{show(value)}</button>;
    return <span>{show(value)}</span>;
  };
  const ground = (cell: number): string | undefined => {
    const strength = tone?.(cell) ?? 0;
    return strength ? `--tone: ${Math.min(60, Math.abs(strength) * 60).toFixed(0)}%; --hue: var(${strength > 0 ? '--plus' : '--minus'})` : undefined;
  };
  return (
    <figure class="matrix" onMouseLeave={() => onPoint?.(undefined)}>
      <figcaption>{label}</figcaption>
      <table ref={table} class={onEdit ? 'edit' : onPoint ? 'point' : ''}>
        <tbody>
          {rows.map((row, r) => (
            <tr key={r}>
              {row.map((value, c) => (
                <td key={c} class={look(r * columns + c)} style={ground(r * columns + c)} onMouseEnter={() => onPoint?.(r * columns + c)}>{inside(value, r * columns + c)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}
