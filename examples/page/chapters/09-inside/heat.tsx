import type { JSX } from 'preact';
import type { Sheet } from '../../ui/sheet-view.js';
import { SheetView } from '../../ui/sheet-view.js';

interface HeatProps {
  /** By rows; what is below 0 is not drawn. */
  readonly values: readonly number[];
  readonly rows: number;
  readonly columns: number;
  /** The photo as the network sees it. */
  readonly view: Sheet;
  readonly said: string;
}

/** Values over the photo, the greatest the reddest. */
export function Heat({ values, rows, columns, view, said }: HeatProps): JSX.Element {
  const most = Math.max(...values);
  return (
    <>
      <div class="over">
        <SheetView sheet={view} label={said} />
        <svg viewBox={`0 0 ${columns} ${rows}`} preserveAspectRatio="none" aria-hidden="true">
          {values.map((value, place) => <rect key={place} class="heat" x={place % columns} y={Math.floor(place / columns)} width={1} height={1} fill-opacity={most > 0 ? Math.max(0, (0.8 * value) / most) : 0} />)}
        </svg>
      </div>
      <p class="note" role="status" data-heat={values.join(' ')}>{said}</p>
    </>
  );
}
