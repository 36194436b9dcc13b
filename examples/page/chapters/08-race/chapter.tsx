/** naive -> im2col -> blocked -> SIMD -> Winograd: the im2col matrix, and a race on the learner's machine. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useAddressed } from '../../app/address.js';
import { oneOf } from '../../app/codecs.js';
import { say } from '../../app/words.js';
import { Button, Choice, Discover } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { showBytes } from '../../ui/units.js';
import { OverSizes } from './over-sizes.js';
import type { Point } from './over-sizes.js';
import { race } from './race.js';
import './race.css';
import { showLarge } from './show.js';
import { Source } from './source.js';
import { Table } from './table.js';
import { text } from './text.js';
import { Unfold } from './unfold.js';
import { ALL, LESSON_WAYS, OVER_SIZES } from './ways.js';
import type { Layer, LessonWay, Standing, Way } from './ways.js';

const SIDES = ['14', '28', '56', '112'] as const;
const CHANNELS = ['8', '16', '32', '64'] as const;
const [ROUNDS, ROUNDS_OVER_SIZES] = [7, 3];

export default function RaceChapter(): JSX.Element {
  const words = say(text);
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <Unfold />
      <Course />
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}

function Course(): JSX.Element {
  const words = say(text);
  const side = useAddressed('side', oneOf(...SIDES), '28');
  const channels = useAddressed('c', oneOf(...CHANNELS), '32');
  const way = useAddressed<LessonWay>('way', oneOf(...LESSON_WAYS), 'naive');
  const standing = useSignal<Standing | undefined>(undefined);
  const points = useSignal<readonly Point[]>([]);
  const error = useSignal<unknown>(undefined);
  const running = useSignal(false);
  const sizing = useSignal<number | undefined>(undefined);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const go = async (work: (run: (layer: Layer, ways: readonly Way[], rounds: number, on: (standing: Standing) => void) => Promise<void>) => Promise<void>): Promise<void> => {
    stop.current = new AbortController();
    const { signal } = stop.current;
    [running.value, error.value] = [true, undefined];
    try {
      await work((layer, ways, rounds, onStanding) => race({ layer, ways, rounds, onStanding, signal }));
    } catch (problem) {
      error.value = problem;
    }
    [running.value, sizing.value] = [false, undefined];
  };
  const start = (): Promise<void> => go((run) => run({ side: Number(side.value), channels: Number(channels.value) }, ALL, ROUNDS, (now) => (standing.value = now)));
  const overSizes = (): Promise<void> => {
    points.value = [];
    return go(async (run) => {
      for (const one of SIDES) {
        sizing.value = Number(one);
        let last: Standing | undefined;
        await run({ side: Number(one), channels: Number(channels.value) }, OVER_SIZES, ROUNDS_OVER_SIZES, (now) => (last = now));
        if (stop.current.signal.aborted || !last) return;
        points.value = [...points.value, { side: Number(one), ms: last.rows.map(({ ms }) => ms || null) }];
      }
    });
  };
  const at = standing.value;
  return (
    <section class="panel">
      <h2>{words.race}</h2>
      <div class="row">
        <Choice label={words.side} value={side} options={SIDES.map((one) => [one, one])} />
        <Choice label={words.channels} value={channels} options={CHANNELS.map((one) => [one, one])} />
      </div>
      <div class="row">
        {running.value ? <Button primary onClick={() => stop.current.abort()}>{words.stop}</Button> : <Button primary onClick={() => void start()}>{words.start}</Button>}
        <Button disabled={running.value} onClick={() => void overSizes()}>{words.over}</Button>
      </div>
      {error.value !== undefined && <ErrorNote error={error.value} again={() => void start()} />}
      {at && <p class="note">{words.layer(at.layer.side, at.layer.channels, showLarge(at.macs), showBytes(at.bytes))} {words.running(at.round, at.rounds)}</p>}
      {at && <progress max={at.rounds} value={at.round} aria-label={words.race} />}
      <div class="race-grid">
        <div>
          <Table rows={at?.rows ?? ALL.map((one) => ({ way: one }))} chosen={way} />
          <p class="note">{words.caption}</p>
        </div>
        <Source way={way.value} />
      </div>
      {sizing.value !== undefined && <p class="note" role="status">{words.sizing(sizing.value)}</p>}
      {points.value.length > 0 && <OverSizes points={points.value} />}
    </section>
  );
}
