import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useChange } from '../../app/use-change.js';
import { say, showNumber } from '../../app/words.js';
import { Button, Choice } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import type { Sheet } from '../../ui/sheet-view.js';
import { Heat } from './heat.js';
import type { HeatMap } from './inside.worker.js';
import type { Network } from './network.js';
import { text } from './text.js';

interface CamProps {
  readonly net: Network;
  readonly photo: Blob;
  readonly view: Sheet;
  /** The classes that may be asked about, the likeliest first. */
  readonly classes: readonly (readonly [index: number, label: string])[];
}

/** Which parts of the photo speak for a class (Grad-CAM). Computed when asked for: training's kernels are downloaded for it. */
export function CamMap({ net, photo, view, classes }: CamProps): JSX.Element {
  const words = say(text);
  const chosen = useSignal(String(classes[0]?.[0] ?? 0));
  const state = useSignal<{ readonly busy?: boolean; readonly value?: HeatMap; readonly error?: unknown }>({});
  useChange(() => ([state.value, chosen.value] = [{}, String(classes[0]?.[0] ?? 0)]), [net, photo]);
  useChange(() => void (state.value.value && ask()), [chosen.value]);
  const ask = async (): Promise<void> => {
    const index = chosen.value;
    const late = (): boolean => index !== chosen.peek();
    state.value = { ...state.value, busy: true };
    try {
      const value = await net.cam(photo, Number(index));
      if (!late()) state.value = { value };
    } catch (error) {
      if (!late()) state.value = { error };
    }
  };
  const { busy = false, value, error } = state.value;
  return (
    <div class="cam">
      <h2>{words.cam}</h2>
      {net.hasGraph ? (
        <>
          <Choice label={words.camClass} value={chosen} options={classes.map(([index, label]) => [String(index), label])} />
          <Button onClick={() => void ask()} disabled={busy}>{busy ? words.camBusy : words.camShow}</Button>
          {error !== undefined && <ErrorNote error={error} />}
          {value && <Shown value={value} view={view} label={classes.find(([index]) => index === value.index)?.[1] ?? words.classNumber(value.index)} />}
        </>
      ) : <p class="note">{words.camNone}</p>}
    </div>
  );
}

function Shown({ value: { values, rows, columns, layer, score }, view, label }: { readonly value: HeatMap; readonly view: Sheet; readonly label: string }): JSX.Element {
  const words = say(text);
  const at = values.indexOf(Math.max(...values));
  const said = Math.max(...values) > 0
    ? words.camSaid(label, showNumber(score, 2), layer, rows, columns, Math.floor(at / columns) + 1, (at % columns) + 1)
    : words.camNothing(label, layer);
  return <Heat values={values} rows={rows} columns={columns} view={view} said={said} />;
}
