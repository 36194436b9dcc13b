/** Train it: LeNet learns to read digits in the page, from nothing. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { useAddressed } from '../../app/address.js';
import { flag, oneOf, real, whole } from '../../app/codecs.js';
import { say, showNumber, showPercent } from '../../app/words.js';
import { useWork } from '../../engine/use-work.js';
import { Button, Choice, Discover, Slider, Toggle } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Plot } from '../../ui/plot.js';
import type { DigitSet } from './data.js';
import { OwnDigits } from './own-digits.js';
import { drawn } from './own.js';
import type { Judgement, Log } from './session.js';
import { Shuffled } from './shuffled.js';
import './style.css';
import { text } from './text.js';
import { useCompare } from './use-compare.js';
import { useRun } from './use-run.js';
import type { Run } from './use-run.js';
import { ConfusionTable, Kernels, MisreadDigits } from './views.js';

const SIZES = ['200', '2000', '10000'] as const;

/** The slider moves in powers of ten. */
const rateOf = (power: number): number => Number((10 ** power).toPrecision(2));

export default function Train(): JSX.Element {
  const words = say(text);
  const net = useAddressed('net', oneOf('lenet', 'dense'), 'lenet');
  const optimizer = useAddressed('opt', oneOf('adam', 'sgd'), 'adam');
  const rate = useAddressed('lr', real(-5, 1), -2.6);
  const examples = useAddressed('n', oneOf(...SIZES), '10000');
  const seed = useAddressed('seed', whole(0, 99), 1);
  const again = useSignal(0);
  const data = useWork(async () => (await import('./sources.js')).fetchSources(), [again.value]).value;
  const mix = useAddressed('mix', flag, false);
  const sources = data.value?.[mix.value ? 'shuffled' : 'inPlace'];
  const plan = { optimizer: optimizer.value, lr: () => rateOf(rate.value), seed: seed.value, examples: Number(examples.value) };
  const main = useRun(sources, { ...plan, net: net.value }, drawn.value);
  const compared = useCompare(plan, (shuffled) => data.value?.[shuffled ? 'shuffled' : 'inPlace']);
  // One network learns at a time.
  const start = (): void => (main.pause(), compared.start());
  const run = { ...main, play: () => (compared.stop(), main.play()) };
  const log = run.log.value;
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <section class="panel train" data-step={log?.steps.length} data-accuracy={log?.judgements.at(-1)?.accuracy}>
        <Controls run={run} ready={log !== undefined} />
        <div class="row">
          <Choice label={words.net} value={net} options={[['lenet', words.lenet], ['dense', words.dense]]} />
          <Choice label={words.examples} value={examples} options={SIZES.map((size) => [size, showNumber(Number(size))] as const)} />
          <Choice label={words.optimizer} value={optimizer} options={[['adam', words.adam], ['sgd', words.sgd]]} />
        </div>
        <div class="row">
          <Slider label={words.rate} value={rate} min={-5} max={1} step={0.1} show={(power) => showNumber(rateOf(power), 6)} />
          <Slider label={words.seed} value={seed} min={0} max={99} />
        </div>
        <Toggle label={words.mix} value={mix} />
        {mix.value && <Shuffled comparison={{ ...compared, start }} ready={data.value !== undefined} />}
        {data.error !== undefined && <ErrorNote error={data.error} again={() => again.value++} />}
        {run.error.value !== undefined && <Problem run={run} />}
        {log && run.error.value === undefined && isStuck(log) && <div class="error" role="alert"><p>{words.stuck}</p></div>}
        {!data.value && data.error === undefined && <p role="status">{words.loading} <progress aria-label={words.loading} /></p>}
        {data.value && !log && run.error.value === undefined && <p role="status">{words.preparing}</p>}
        {sources && log && <Progress log={log} test={sources.test} />}
        <p class="visually-hidden" role="status">{log && !run.playing.value && log.steps.length > 0 && words.paused(log.steps.length, showPercent(log.judgements.at(-1)?.accuracy ?? 0))}</p>
      </section>
      <OwnDigits last={log?.judgements.at(-1)} />
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}

function Controls({ run, ready }: { readonly run: Run; readonly ready: boolean }): JSX.Element {
  const words = say(text);
  const failed = run.error.value !== undefined;
  const save = async (): Promise<void> => {
    const file = await run.file();
    if (!file) return;
    const url = URL.createObjectURL(new Blob([file.bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' }));
    Object.assign(document.createElement('a'), { href: url, download: file.name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };
  const open = async (input: HTMLInputElement): Promise<void> => {
    const file = input.files?.[0];
    if (file) run.restart(new Uint8Array(await file.arrayBuffer()));
    input.value = '';
  };
  return (
    <div class="source">
      {run.playing.value ? <Button onClick={run.pause} primary>{words.pause}</Button> : <Button onClick={run.play} primary disabled={!ready || failed}>{words.train}</Button>}
      <Button onClick={run.step} disabled={!ready || failed}>{words.step}</Button>
      <Button onClick={() => run.restart()} disabled={!ready && !failed}>{words.reset}</Button>
      <Button onClick={() => void save()} disabled={!ready}>{words.save}</Button>
      <label class="file"><input type="file" accept=".safetensors" onChange={(event) => void open(event.currentTarget)} />{words.open}</label>
    </div>
  );
}

/** Of ten digits that are equally frequent, to whoever does not know which it is. */
const GUESSING = Math.log(10);
/** Updates after which a network that learns is better than that. */
const SOON = 100;

const isStuck = ({ judgements }: Log): boolean => judgements.slice(-2).every(({ step, loss }) => step >= SOON && !(loss < 0.99 * GUESSING));

/** What is not finite has to do with the learning rate; all else is told as anywhere. */
function Problem({ run }: { readonly run: Run }): JSX.Element {
  const error = run.error.value;
  const diverged = error instanceof Error && 'code' in error && error.code === 'engine' && run.log.value !== undefined;
  return diverged ? <div class="error" role="alert"><p>{say(text).diverged}</p></div> : <ErrorNote error={error} again={() => run.restart()} />;
}

function Progress({ log, test }: { readonly log: Log; readonly test: DigitSet }): JSX.Element {
  const words = say(text);
  const { steps, losses, judgements, seconds } = log;
  const last = judgements.at(-1)!;
  const at = judgements.map(({ step }) => step);
  const unseen = new Map(judgements.map(({ step, loss }) => [step, loss]));
  // Drawn anew only where there is a new judgement, or another language.
  const judged = useMemo(() => <Judged last={last} test={test} />, [last, test, words]);
  return (
    <>
      <dl class="figures">
        <div><dt>{words.updates}</dt><dd>{showNumber(steps.length)}</dd></div>
        <div><dt>{words.time}</dt><dd>{showNumber(seconds, 0)}</dd></div>
        <div><dt>{words.right}</dt><dd class="unseen">{showPercent(last.accuracy)}</dd></div>
        <div><dt>{words.known}</dt><dd>{showPercent(last.known)}</dd></div>
      </dl>
      <div class="grid">
        <Plot label={words.accuracyCurve} x={at} xLabel={words.updates} yLabel="" range={[0, 1]} curves={[
          { label: words.accuracyOf.known, values: judgements.map(({ known }) => known), dashed: true }, { label: words.accuracyOf.unseen, values: judgements.map(({ accuracy }) => accuracy) },
        ]} />
        <Plot label={words.lossCurve} x={[0, ...steps]} xLabel={words.updates} yLabel="" curves={[
          { label: words.lossOf.batch, values: [null, ...losses] }, { label: words.lossOf.unseen, values: [0, ...steps].map((step) => unseen.get(step) ?? null) },
        ]} />
      </div>
      {judged}
    </>
  );
}

function Judged({ last, test }: { readonly last: Judgement; readonly test: DigitSet }): JSX.Element {
  const words = say(text);
  return (
    <>
      <figure>
        <figcaption>{last.kernels ? words.kernels : words.noKernels}</figcaption>
        {last.kernels && <Kernels weights={last.kernels} />}
      </figure>
      <div class="grid">
        <ConfusionTable confusion={last.confusion} />
        <MisreadDigits judgement={last} test={test} />
      </div>
    </>
  );
}
