/** A grid of numbers: to read, to point at, to edit. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { text } from '../app/text.js';
import { say, showNumber } from '../app/words.js';

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

/** The cell that a key leads to, within the grid. With Ctrl, Home and End are those of the grid, not of the row. */
function toCell({ key, ctrlKey }: KeyboardEvent, cell: number, columns: number, count: number): number | undefined {
  const row = cell - (cell % columns);
  const last = Math.min(row + columns, count) - 1;
  const to = {
    ArrowLeft: Math.max(row, cell - 1), ArrowRight: Math.min(last, cell + 1), ArrowUp: cell - columns, ArrowDown: cell + columns,
    Home: ctrlKey ? 0 : row, End: ctrlKey ? count - 1 : last,
  }[key];
  return to === undefined || to < 0 || to >= count || to === cell ? undefined : to;
}

/** Whether a key moves within the text of a field, not to another cell. */
function isForText({ key, ctrlKey }: KeyboardEvent, { selectionStart, selectionEnd, value }: HTMLInputElement): boolean {
  if (ctrlKey || /Up|Down/.test(key)) return false;
  if (selectionStart === 0 && selectionEnd === value.length) return false;
  return /Left|Home/.test(key) ? selectionStart !== 0 : selectionEnd !== value.length;
}

/** A grid is one stop of the tabulator; arrows, Home and End go from cell to cell. A field is entered with all of its number marked. One that is only read is a stop itself: it may be wider than the screen. */
export function Matrix({ label, values, columns, onEdit, onPoint, look = () => '', tone, show = (value) => showNumber(value) }: MatrixProps): JSX.Element {
  const words = say(text);
  const table = useRef<HTMLTableElement>(null);
  const stop = useSignal(0);
  const list = Array.from(values);
  const rows = Array.from({ length: Math.ceil(list.length / columns) }, (_, row) => list.slice(row * columns, (row + 1) * columns));
  const move = (event: KeyboardEvent, cell: number): void => {
    const to = toCell(event, cell, columns, list.length);
    if (to === undefined || (event.target instanceof HTMLInputElement && isForText(event, event.target))) return;
    event.preventDefault();
    table.current?.querySelectorAll<HTMLElement>('[data-cell]')[to]?.focus();
  };
  /** Whether it is a number that a cell takes. */
  const edit = (cell: number, typed: string): boolean => {
    const value = Number(typed.replace(',', '.'));
    if (typed.trim() === '' || !Number.isFinite(value) || Math.abs(value) > MOST) return false;
    onEdit?.(list.map((old, at) => (at === cell ? value : old)));
    return true;
  };
  const enter = (event: FocusEvent, cell: number): void => {
    stop.value = cell;
    onPoint?.(cell);
    if (event.target instanceof HTMLInputElement) event.target.select();
  };
  const place = (cell: number): string => words.cell(label, Math.floor(cell / columns) + 1, (cell % columns) + 1);
  const inside = (value: number, cell: number): JSX.Element | string => {
    if (!onEdit && !onPoint) return show(value);
    const events = {
      'data-cell': cell, tabIndex: cell === Math.min(stop.value, list.length - 1) ? 0 : -1,
      onKeyDown: (event: KeyboardEvent) => move(event, cell), onFocus: (event: FocusEvent) => enter(event, cell), onBlur: () => onPoint?.(undefined),
    };
    if (onEdit) return <Entry {...events} label={place(cell)} text={String(Number(value.toPrecision(6)))} onEntry={(text) => edit(cell, text)} />;
    return <button type="button" {...events} aria-label={`${place(cell)}: ${show(value)}`}>{show(value)}</button>;
  };
  const ground = (cell: number): string | undefined => {
    const strength = tone?.(cell) ?? 0;
    return strength ? `--tone: ${Math.min(60, Math.abs(strength) * 60).toFixed(0)}%; --hue: var(${strength > 0 ? '--plus' : '--minus'})` : undefined;
  };
  const role = onEdit || onPoint ? { table: 'grid', cell: 'gridcell' } as const : { table: 'table', cell: 'cell' } as const;
  return (
    <figure class="matrix" tabIndex={onEdit || onPoint ? undefined : 0} onMouseLeave={() => onPoint?.(undefined)}>
      <figcaption>{label}</figcaption>
      <table ref={table} role={role.table} aria-label={label} class={onEdit ? 'edit' : onPoint ? 'point' : ''}>
        <tbody>
          {rows.map((row, r) => (
            <tr key={r}>
              {row.map((value, c) => {
                const cell = r * columns + c;
                return <td key={c} role={role.cell} aria-label={`${place(cell)}: ${show(value)}`} class={look(cell)} style={ground(cell)} onMouseEnter={() => onPoint?.(cell)}>{inside(value, cell)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

interface EntryProps {
  readonly label: string;
  readonly text: string;
  /** Whether it is taken. */
  readonly onEntry: (text: string) => boolean;
  readonly 'data-cell': number;
  readonly tabIndex: number;
  readonly onKeyDown: (event: KeyboardEvent) => void;
  readonly onFocus: (event: FocusEvent) => void;
  readonly onBlur: () => void;
}

/** A field whose text changes with the number alone: drawn again for another reason, it keeps what is being typed. */
function Entry({ label, text, onEntry, ...events }: EntryProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const show = (): void => {
    field.current!.value = text;
  };
  useLayoutEffect(show, [text]);
  const enter = (entered: string): void => {
    if (!onEntry(entered)) show();
  };
  return <input {...events} ref={field} inputMode="decimal" aria-label={label} onChange={(event) => enter(event.currentTarget.value)} />;
}
