/** Vanishing gradients: what arrives at each layer of a plain network, and of one with skips. */
import { useSignal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Batch } from 'receptive/train';
import { useAddressed } from '../../app/address.js';
import { flag, oneOf, whole } from '../../app/codecs.js';
import { say, showNumber } from '../../app/words.js';
import { useWork } from '../../engine/use-work.js';
import { Button, Choice, Discover, Slider, Toggle } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Plot } from '../../ui/plot.js';
import { cutCodec } from './cut.js';
import type { Plan, Race, RaceLog, Runner } from './race.js';
import { Skips } from './skips.js';
import './style.css';
import { text } from './text.js';

const DEPTHS = ['8', '20', '32', '56'] as const;
const NONE: readonly number[] = [];

async function fetchBatch(): Promise<Batch> {
  const { digits } = await import('../../engine/digits.js');
  const few = await digits('few');
  return few.get(Array.from({ length: few.length }, (_, i) => i));
}

export default function Vanishing(): JSX.Element {
  const words = say(text);
  const depth = useAddressed('d', oneOf(...DEPTHS), '20');
  const norms = useAddressed('bn', flag, false);
  const seed = useAddressed('seed', whole(0, 99), 1);
  const cut = useAddressed('cut', cutCodec(Number(DEPTHS.at(-1)) / 2), NONE);
  const again = useSignal(0);
  const batch = useWork(fetchBatch, [again.value]).value;
  const run = useRace(batch.value, { depth: Number(depth.value), norms: norms.value, seed: seed.value, cut: cut.value });
  const [log, error] = [run.log.value, run.error.value];
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <section class="panel vanishing" data-step={log?.steps}>
        <div class="source">
          <Button onClick={run.toggle} primary disabled={!log || error !== undefined}>{run.playing.value ? words.pause : words.train}</Button>
          <Button onClick={run.step} disabled={!log || error !== undefined}>{words.step}</Button>
          <Button onClick={run.restart} disabled={!log && error === undefined}>{words.reset}</Button>
        </div>
        <div class="row">
          <Choice label={words.depth} value={depth} options={DEPTHS.map((one) => [one, one] as const)} />
          <Slider label={words.seed} value={seed} min={0} max={99} />
          <Toggle label={words.norms} value={norms} />
        </div>
        <Skips blocks={Number(depth.value) / 2} cut={cut} />
        {batch.error !== undefined && <ErrorNote error={batch.error} again={() => again.value++} />}
        {error !== undefined && <Problem error={error} log={log} again={run.restart} />}
        {!log && batch.error === undefined && error === undefined && <p role="status">{batch.value ? words.preparing : words.loading}</p>}
        {log && <Gradients log={log} />}
        {log && <Losses log={log} />}
        <p class="visually-hidden" role="status">{log && !run.playing.value && log.steps > 0 && words.done(log.steps)}</p>
      </section>
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}

interface RaceRun {
  readonly log: ReadonlySignal<RaceLog | undefined>;
  readonly error: ReadonlySignal<unknown>;
  readonly playing: ReadonlySignal<boolean>;
  readonly toggle: () => void;
  readonly step: () => void;
  readonly restart: () => void;
}

/** What learns is read in a task of its own, after the chapter is on show. */
const begin = async (plan: Plan, batch: Batch): Promise<Race> => (await import('./race.js')).Race.start(plan, batch);

/** Starts anew when a setting changes, and ends when the chapter is left. */
function useRace(batch: Batch | undefined, plan: Plan): RaceRun {
  const [log, error, playing, generation] = [useSignal<RaceLog | undefined>(undefined), useSignal<unknown>(undefined), useSignal(false), useSignal(0)];
  const race = useRef<Race | undefined>(undefined);
  useEffect(() => {
    if (!batch) return;
    let gone = false;
    [log.value, error.value, playing.value] = [undefined, undefined, false];
    begin(plan, batch).then(
      (started) => {
        if (gone) return void started.end();
        race.current = started;
        log.value = started.log();
      },
      (problem: unknown) => {
        if (!gone) error.value = problem;
      },
    );
    return () => {
      gone = true;
      void race.current?.end();
      race.current = undefined;
    };
  }, [batch, plan.depth, plan.norms, plan.seed, String(plan.cut), generation.value]);
  /** What goes wrong in a race that has ended since is no news. */
  const led = (lead: (one: Race, paint: () => void) => Promise<void>): void => {
    const one = race.current;
    if (!one) return;
    const paint = (): void => {
      if (race.current === one) log.value = one.log();
    };
    lead(one, paint).then(paint, (problem: unknown) => {
      if (race.current !== one) return;
      [error.value, playing.value] = [problem, false];
      paint();
    });
  };
  const toggle = (): void => {
    playing.value = !playing.value;
    if (!playing.value) return race.current?.pause();
    led(async (one, paint) => {
      await one.play(paint);
      if (race.current === one) playing.value = false;
    });
  };
  const step = (): void => {
    playing.value = false;
    led((one) => one.step());
  };
  return { log, error, playing, toggle, step, restart: () => generation.value++ };
}

function Problem({ error, log, again }: { readonly error: unknown; readonly log: RaceLog | undefined; readonly again: () => void }): JSX.Element {
  const diverged = log !== undefined && error instanceof Error && 'code' in error && error.code === 'engine';
  return diverged ? <div class="error" role="alert"><p>{say(text).diverged}</p></div> : <ErrorNote error={error} again={again} />;
}

/** Ends of the scale of the bars, powers of ten. */
const [LEAST, MOST] = [-9, 1];
const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** 1.1×10⁻⁹ */
function scientific(value: number): string {
  const [digits, power] = value.toExponential(1).split('e') as [string, string];
  if (Math.abs(Number(power)) < 3) return showNumber(Number(value.toPrecision(2)), 4);
  return `${showNumber(Number(digits), 1)}×10${Number(power) < 0 ? '⁻' : ''}${[...String(Math.abs(Number(power)))].map((digit) => RAISED[Number(digit)]).join('')}`;
}

function Cell({ norm, kind }: { readonly norm: number; readonly kind: 'plain' | 'skips' }): JSX.Element {
  const part = (Math.log10(norm) - LEAST) / (MOST - LEAST);
  return (
    <td>
      <span class="cell"><span class="track" aria-hidden="true"><span class={kind} style={`width: ${(100 * Math.min(1, Math.max(0, part))).toFixed(1)}%`} /></span><span class="value">{scientific(norm)}</span></span>
    </td>
  );
}

function Gradients({ log: { plain, skips } }: { readonly log: RaceLog }): JSX.Element {
  const words = say(text);
  /** What a layer does to the gradient on average. */
  const factor = ({ norms }: Runner): string => showNumber((norms[0]! / norms.at(-1)!) ** (1 / (norms.length - 1)), 2);
  return (
    <>
      <table class="gradients">
        <caption>{words.bars}</caption>
        <thead><tr><th scope="col">{words.layer}</th><th scope="col">{words.plain}</th><th scope="col">{words.skips}</th></tr></thead>
        <tbody>
          {plain.norms.map((norm, i) => (
            <tr key={i}><th scope="row">{i + 1}</th><Cell norm={norm} kind="plain" /><Cell norm={skips.norms[i]!} kind="skips" /></tr>
          ))}
        </tbody>
      </table>
      <p>{words.factor}: {words.plain} <strong class="factor">{factor(plain)}</strong>, {words.skips} <strong class="factor">{factor(skips)}</strong></p>
    </>
  );
}

function Losses({ log: { steps, plain, skips } }: { readonly log: RaceLog }): JSX.Element {
  const words = say(text);
  if (steps === 0) return <></>;
  // The order of the page's colours, so that each has that of its bars.
  return (
    <>
      <Plot label={words.loss} x={plain.losses.map((_, i) => i)} xLabel={words.updates} yLabel="" curves={[{ label: words.skips, values: skips.losses }, { label: words.plain, values: plain.losses, dashed: true }]} />
      <p class="lossNow">{words.plain}: <strong>{words.lossNow(showNumber(plain.losses.at(-1)!))}</strong>, {words.skips}: <strong>{words.lossNow(showNumber(skips.losses.at(-1)!))}</strong></p>
    </>
  );
}
