import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useAddressed } from '../../app/address.js';
import { whole } from '../../app/codecs.js';
import { say } from '../../app/words.js';
import { useWork } from '../../engine/use-work.js';
import { Slider } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { SheetView } from '../../ui/sheet-view.js';
import type { Sheet } from '../../ui/sheet-view.js';
import type { LayerMaps } from './inside.worker.js';
import type { Network } from './network.js';
import { text } from './text.js';

interface FieldProps {
  readonly net: Network;
  readonly view: Sheet;
  /** The layer whose values are asked about. */
  readonly layer: LayerMaps;
}

/** Receptive field of a value, drawn on the input. The value is chosen by a click on the input, or by its row and column. */
export function Field({ net, view, layer }: FieldProps): JSX.Element {
  const words = say(text);
  const [, , rows = 1, columns = 1] = layer.shape;
  const row = useAddressed('row', whole(0, 4095), 0);
  const column = useAddressed('column', whole(0, 4095), 0);
  const [y, x] = [Math.min(row.value, rows - 1), Math.min(column.value, columns - 1)];
  const found = useWork(async () => ({ of: layer.name, box: await net.field(layer.name, y, x) }), [net, layer.name, y, x]).value;
  const known = found.value?.of === layer.name ? found.value : undefined;
  const box = known?.box;
  const said = box ? (box.height > 0 ? words.rectangle(range(box.y, box.height), range(box.x, box.width)) : words.padding) : known ? words.unknown : '';
  const pick = (event: MouseEvent): void => {
    const { left, top, width, height } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const place = (part: number, count: number, to: Signal<number>): void => void (to.value = Math.max(0, Math.min(count - 1, Math.floor(part * count))));
    place((event.clientY - top) / height, rows, row);
    place((event.clientX - left) / width, columns, column);
  };
  return (
    <div class="field">
      <h2>{words.seen}</h2>
      <div class="over" onClick={pick}>
        <SheetView sheet={view} label={`${words.input}. ${said}`} />
        <svg viewBox={`0 0 ${view.width} ${view.height}`} aria-hidden="true">{box && <rect x={box.x} y={box.y} width={box.width} height={box.height} />}</svg>
      </div>
      <Slider label={words.row} value={row} min={0} max={rows - 1} />
      <Slider label={words.column} value={column} min={0} max={columns - 1} />
      {found.error === undefined ? <p class="note" role="status" data-field={found.value?.of}>{`${layer.name} [${y}, ${x}]: ${said}`}</p> : <ErrorNote error={found.error} />}
    </div>
  );
}

const range = (from: number, count: number): string => `${from}–${from + count - 1}`;
