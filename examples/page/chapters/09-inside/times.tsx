import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { say, showNumber } from '../../app/words.js';
import { Bars } from '../../ui/bars.js';
import { Button } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import type { Network } from './network.js';
import { text } from './text.js';

type Measured = Awaited<ReturnType<Network['time']>>;

/** Time and share of each layer, measured when asked for: it runs the network six times. */
export function Times({ net, photo }: { readonly net: Network; readonly photo: Blob }): JSX.Element {
  const words = say(text);
  const state = useSignal<{ readonly of?: Network; readonly busy?: boolean; readonly value?: Measured; readonly error?: unknown }>({});
  const measure = async (): Promise<void> => {
    state.value = { of: net, busy: true };
    try {
      state.value = { of: net, value: await net.time(photo) };
    } catch (error) {
      state.value = { of: net, error };
    }
  };
  const { of, busy = false, value, error } = state.value;
  const most = Math.max(...(value?.layers.map(({ share }) => share) ?? [1]));
  return (
    <div class="layer-times">
      <h2>{words.share}</h2>
      <Button onClick={() => void measure()} disabled={busy}>{busy ? words.measuring : words.measure}</Button>
      {of === net && error !== undefined && <ErrorNote error={error} />}
      {of === net && value && (
        <>
          <p class="note">{words.whole(showNumber(value.ms, 1))}</p>
          <Bars label={words.share} bars={value.layers.map(({ name, ms, share }) => ({ label: name, part: share / most, text: `${showNumber(ms, 2)} ms, ${showNumber(100 * share, 1)} %`, strong: share === most }))} />
        </>
      )}
    </div>
  );
}
