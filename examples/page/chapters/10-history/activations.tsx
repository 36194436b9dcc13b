/** What AlexNet brought: both curves in one plot, trained when the learner asks. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useAddressed } from '../../app/address.js';
import { whole } from '../../app/codecs.js';
import { useChange } from '../../app/use-change.js';
import { say, showNumber } from '../../app/words.js';
import { Button, Slider } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Plot } from '../../ui/plot.js';
import type { Curves } from './activation.js';
import { text } from './text.js';

/** After so many it is seen who is faster. */
const UPDATES = 100;
/** The axis is there before the curves are. */
const AXIS = Array.from({ length: UPDATES }, (_, i) => i);
/** Milliseconds between two pictures while it learns. */
const PACE = 100;
const filled = (losses: readonly number[]): readonly (number | null)[] => AXIS.map((i) => losses[i] ?? null);

export function Activations(): JSX.Element {
  const words = say(text);
  const seed = useAddressed('seed', whole(0, 99), 1);
  const [curves, error, running] = [useSignal<Curves | undefined>(undefined), useSignal<unknown>(undefined), useSignal(false)];
  const control = useRef<AbortController | undefined>(undefined);
  const stop = (): void => {
    control.current?.abort();
    running.value = false;
  };
  const train = (): void => {
    stop();
    const mine = (control.current = new AbortController());
    [curves.value, error.value, running.value] = [undefined, undefined, true];
    let painted = 0;
    const told = (now: Curves): void => {
      if (now.relu.length < UPDATES && performance.now() - painted < PACE) return;
      [painted, curves.value] = [performance.now(), now];
    };
    // What learns is fetched when it is wanted.
    import('./activation.js').then(({ compete }) => compete(seed.value, UPDATES, told, mine.signal)).catch((problem: unknown) => {
      if (!mine.signal.aborted) error.value = problem;
    }).finally(() => {
      if (control.current === mine) running.value = false;
    });
  };
  useChange(() => (curves.value = undefined), [seed.value]);
  useEffect(() => stop, [seed.value]);
  const now = curves.value;
  const updates = now?.relu.length ?? 0;
  return (
    <section class="panel activations" data-updates={updates}>
      <h2>{words.activations}</h2>
      <p>{words.same}</p>
      <div class="row">
        <Button onClick={running.value ? stop : train} primary>{running.value ? words.stop : words.trainBoth}</Button>
        <Slider label={words.seed} value={seed} min={0} max={99} />
      </div>
      {error.value !== undefined && <ErrorNote error={error.value} again={train} />}
      {running.value && !now && <p role="status">{words.preparing}</p>}
      {now && <Plot label={words.loss} x={AXIS} xLabel={words.updates} yLabel="" range={[0, 2.5]} curves={[{ label: words.relu, values: filled(now.relu) }, { label: words.tanh, values: filled(now.tanh), dashed: true }]} />}
      {now && <p class="now" role={running.value ? undefined : 'status'}>{words.losses(updates, showNumber(now.relu.at(-1) ?? 0, 3), showNumber(now.tanh.at(-1) ?? 0, 3))}</p>}
    </section>
  );
}
