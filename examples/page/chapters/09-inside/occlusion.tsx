import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { useChange } from '../../app/use-change.js';
import { say, showNumber } from '../../app/words.js';
import { Button } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import type { Sheet } from '../../ui/sheet-view.js';
import { Heat } from './heat.js';
import type { Network } from './network.js';
import type { Occlusion } from './occlude.js';
import { text } from './text.js';

interface OcclusionProps {
  readonly net: Network;
  readonly photo: Blob;
  readonly view: Sheet;
  /** The class whose score is watched. */
  readonly index: number;
  readonly label: string;
}

/** A map of how far the score of the likeliest class falls while a grey square slides over the photo. */
export function OcclusionMap({ net, photo, view, index, label }: OcclusionProps): JSX.Element {
  const words = say(text);
  const state = useSignal<{ readonly share?: number; readonly value?: Occlusion; readonly error?: unknown }>({});
  useChange(() => (state.value = {}), [net, photo]);
  useEffect(() => () => net.stop(), [net, photo]);
  const slide = async (): Promise<void> => {
    state.value = { share: 0 };
    try {
      const value = await net.occlude(photo, index, (share) => { if (state.value.share !== undefined) state.value = { share }; });
      if (value) state.value = { value };
    } catch (error) {
      state.value = { error };
    }
  };
  const stop = (): void => {
    net.stop();
    state.value = {};
  };
  const { share, value, error } = state.value;
  return (
    <div class="occlusion">
      <h2>{words.hide}</h2>
      {share === undefined ? <Button onClick={() => void slide()}>{words.slide(label)}</Button> : <Button onClick={stop}>{words.stop}</Button>}
      {share !== undefined && <progress aria-label={words.sliding} value={share} />}
      {error !== undefined && <ErrorNote error={error} />}
      {value && <Fallen value={value} view={view} />}
    </div>
  );
}

function Fallen({ value: { falls, rows, columns, score }, view }: { readonly value: Occlusion; readonly view: Sheet }): JSX.Element {
  const words = say(text);
  const most = Math.max(...falls);
  const at = falls.indexOf(most);
  const said = words.falls(showNumber(score, 2), showNumber(most, 2), Math.floor(at / columns) + 1, (at % columns) + 1);
  return <Heat values={falls} rows={rows} columns={columns} view={view} said={said} />;
}
