import { load } from '../../../entries/index.js';
import type { Model } from '../../../entries/index.js';
import { bytes as sizeOf, count } from '../../output.js';
import type { Output } from '../../output.js';
import { endedBy } from '../../signals.js';
import { follow } from '../course.js';
import { duration, percent, ProgressLine } from '../told.js';
import { writeWhole } from '../whole-file.js';
import { detectTask } from './detect.js';
import { prepareTask } from './prepare.js';
import type { LabelledRequest, PreparedTask } from './prepare.js';
import { segmentTask } from './segment.js';
import type { LabelledTask, Scores } from './task.js';

export interface LearnOptions extends LabelledRequest {
  readonly saveEvery?: number;
  readonly json?: boolean;
}

/** What `--task` names beside classes. */
export type LabelledTaskName = 'detect' | 'segment';

/** Teaches a network to find boxes or to tell pixels apart, and writes a model that describes itself. */
export async function learnLabelled(task: LabelledTaskName, named: string | undefined, options: LearnOptions, output: Output): Promise<void> {
  await (task === 'detect' ? learn(detectTask, named, options, output) : learn(segmentTask, named, options, output));
}

async function learn<Truth>(task: LabelledTask<Truth, Model>, named: string | undefined, options: LearnOptions, output: Output): Promise<void> {
  const prepared = await prepareTask(task, named, options);
  using trainer = prepared.trainer;
  const { out, settings, describe, validation } = prepared;
  const line = new ProgressLine(process.stderr);
  const tell = (text: string): void => {
    line.clear();
    output.out(text);
  };
  if (!options.json) tell(beginning(task.name, prepared));
  let file = new Uint8Array();
  let scores: Scores | undefined;
  const judge = async (): Promise<void> => {
    if (!validation) return;
    await using model = await load(file, { variant: options.variant, threads: 1 });
    scores = await task.judge(validation, model);
  };
  const { stopped } = await follow({
    trainer, train: prepared.train,
    options: { epochs: settings.epochs, batchSize: settings.batch, dropLast: prepared.dropLast },
    saveEvery: options.saveEvery,
    save: () => {
      file = new Uint8Array(describe(trainer.save()));
      writeWhole(out, file);
    },
    afterEpoch: judge,
    onStep: (step) => line.draw(step),
    onEpoch: ({ epoch, epochs, loss, seconds, imagesPerSecond }) =>
      tell(options.json
        ? JSON.stringify({ kind: 'epoch', epoch, epochs, loss, seconds, imagesPerSecond, validation: scores })
        : `epoch ${epoch}/${epochs}: loss ${loss.toFixed(4)}${shown(scores)}, ${count(imagesPerSecond)} images/s, ${duration(seconds)}`),
  });
  if (!stopped && scores === undefined) await judge();
  line.clear();
  const { network, classes } = prepared;
  if (options.json) tell(JSON.stringify({ kind: 'result', file: out, bytes: file.byteLength, network, task: task.name, classes, epochs: settings.epochs, steps: trainer.steps, variant: trainer.variant, stopped, validation: scores }));
  else if (!stopped) tell(`${out}: ${network}, ${classes.length} classes, ${sizeOf(file.byteLength)}${shown(scores)}`);
  if (!stopped) return;
  output.err(`stopped after ${count(trainer.steps)} updates; --resume ${out} goes on`);
  throw endedBy(stopped);
}

function beginning(task: LabelledTaskName, { network, trainer, train, validation, classes, size }: PreparedTask): string {
  const judged = validation ? `, ${count(validation.length)} more to judge by` : '';
  return `${task}: ${network} at ${size.join(' x ')}; ${count(train.length)} photos with ${classes.length} classes${judged} (${trainer.variant})`;
}

const shown = (scores: Scores | undefined): string => Object.entries(scores ?? {}).map(([name, value]) => `, ${name} ${percent(value)}`).join('');
