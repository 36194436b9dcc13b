import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { AugmentOptions } from '../../entries/train-inline.js';
import { countFrom0, mapSize, preprocessing, wholeNumber } from '../arguments.js';
import { withMaxPixels, withVariant } from '../common.js';
import { bytes as sizeOf, count } from '../output.js';
import type { Output } from '../output.js';
import { endedBy } from '../signals.js';
import { follow } from '../train/course.js';
import type { End } from '../train/course.js';
import { prepare } from '../train/prepare.js';
import type { Prepared } from '../train/prepare.js';
import { learnLabelled } from '../train/labelled/learn.js';
import type { LearnOptions, LabelledTaskName } from '../train/labelled/learn.js';
import { OPTIMIZER_NAMES, SCHEDULE_NAMES } from '../train/settings.js';
import { confusionTable, epochLine, evaluationJson, percent, ProgressLine } from '../train/told.js';
import { writeWhole } from '../train/whole-file.js';

interface Options extends LearnOptions {
  readonly task: 'classify' | LabelledTaskName;
}

export function trainCommand(output: Output): Command {
  const command = new Command('train')
    .description('teach a network to tell classes of images apart, to find boxes, or to tell pixels apart; what it writes is a model that describes itself, and goes on learning')
    .addArgument(new Argument('[network]', 'a net by name that begins at random (lenet5, resnet18, ...); detect: tinyYolo, segment: unet'))
    .requiredOption('--data <folder|file>', 'classify: IDX files as those of MNIST (gzip too), a table with an image a line (CSV), or a folder of photos for each class; detect: a COCO file (JSON), data.yaml or a folder with texts of YOLO; segment: a folder with images and masks (PNG)')
    .addOption(new Option('--task <name>', 'what is learned').choices(['classify', 'detect', 'segment']).default('classify'))
    .addOption(new Option('--model <name|file>', 'a trained network to begin with; its last layer is made anew for these classes').conflicts('resume'))
    .addOption(new Option('--weights <file.safetensors>', 'weights of a net by name; with --task detect or segment those that fit').conflicts('resume'))
    .option('--all', 'with --model: all layers learn, not the last alone')
    .option('--epochs <n>', 'how often all examples are gone through (default: 5; detect, segment: 30)', wholeNumber)
    .option('--batch <n>', 'examples of a batch (default: 64; detect, segment: 16)', wholeNumber)
    .addOption(new Option('--optimizer <name>', 'how parameters follow their gradients; sgd has a momentum of 0.9 (default: adamw)').choices(OPTIMIZER_NAMES))
    .option('--lr <x>', "learning rate (default: PyTorch's; detect, segment: 0.004)", rate)
    .addOption(new Option('--schedule <name>', 'how the learning rate changes (default: constant; detect, segment: one-cycle)').choices(SCHEDULE_NAMES))
    .option('--augment [json]', 'change pictures at random, as suits them or by fields such as {"shift":2,"rotate":10}', augmentation)
    .option('--seed <n>', 'of all that is random (default: 0)', countFrom0)
    .option('--validation <x>', 'part of the examples to judge by, or how many, 0 for none (default: a part that the data has itself, or 0.1)', part)
    .addOption(new Option('--size <n|hxw>', 'size of the images, where the network leaves it open').argParser(mapSize).conflicts('resume'))
    .addOption(new Option('--preprocess <preset|json>', 'how pixels become the input: imagenet, caffe, tf, unit, or fields as JSON').argParser(preprocessing).conflicts('resume'))
    .option('--images <folder>', "detect: photos of a COCO file (default: the file's folder)")
    .option('--labels <file>', 'detect, segment: names of the classes, where the data says none')
    .option('--ignore <n>', 'segment: value of pixels that nobody labelled (default: 255)', countFrom0)
    .option('--resume <file>', 'go on where this file stopped, as if it never had')
    .option('-o, --out <file.safetensors>', 'file to be written after each epoch (default: that of --resume, or the name of the network)')
    .option('--force', 'write over a file that is there')
    .option('--save-every <n>', 'write it every so many updates as well', wholeNumber)
    .option('--json', 'print a line of JSON for each epoch, and one for the result');
  return withMaxPixels(withVariant(command)).action((name: string | undefined, options: Options) => run(name, options, output));
}

function rate(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('Expected a number above 0.');
}

function part(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && (value < 1 || Number.isSafeInteger(value))) return value;
  throw new InvalidArgumentError('Expected a part from 0 to below 1, or a number of examples.');
}

/** Fields are checked where they are used. */
function augmentation(text: string): AugmentOptions {
  try {
    const fields: unknown = JSON.parse(text);
    if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields;
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError('Expected an object as JSON, like {"shift":2,"rotate":10}, or nothing.');
}

async function run(named: string | undefined, options: Options, output: Output): Promise<void> {
  if (options.task !== 'classify') return learnLabelled(options.task, named, options, output);
  const prepared = await prepare(named, options);
  using trainer = prepared.trainer;
  const { out, data, settings, augment, describe } = prepared;
  const line = new ProgressLine(process.stderr);
  const tell = (text: string): void => {
    line.clear();
    output.out(text);
  };
  if (!options.json) tell(beginning(prepared));
  let bytes = 0;
  const end = await follow({
    trainer,
    train: data.train,
    options: { epochs: settings.epochs, batchSize: settings.batch, dropLast: prepared.dropLast, validation: data.validation, augment },
    saveEvery: options.saveEvery,
    save: () => {
      const file = describe(trainer.save());
      writeWhole(out, file);
      bytes = file.byteLength;
    },
    onStep: (step) => line.draw(step),
    onEpoch: (epoch) => tell(options.json ? JSON.stringify({ ...epoch, validation: epoch.validation && { ...evaluationJson(epoch.validation), confusion: undefined } }) : epochLine(epoch)),
  });
  line.clear();
  if (options.json) tell(JSON.stringify(result(prepared, end, bytes)));
  else if (!end.stopped) tell(ending(prepared, end, bytes));
  if (!end.stopped) return;
  output.err(`stopped after ${count(trainer.steps)} updates; --resume ${out} goes on`);
  throw endedBy(end.stopped);
}

function beginning({ name, graph, learned, trainer, data: { train, validation, classes } }: Prepared): string {
  const sizes = graph.params.map(({ name: param, shape }) => ({ param, size: shape.reduce((product, dim) => product * dim, 1) }));
  const sum = (among: (param: string) => boolean): string => count(sizes.reduce((total, { param, size }) => total + (among(param) ? size : 0), 0));
  const frozen = learned ? `, of which ${sum((param) => learned.includes(param))} learn` : '';
  const judged = validation ? `, ${count(validation.length)} more to judge by` : '';
  return `${name}: ${sum(() => true)} parameters${frozen}; ${count(train.length)} examples of ${classes.length} classes${judged} (${trainer.variant})`;
}

function ending({ name, out, data: { classes } }: Prepared, { validation }: End, bytes: number): string {
  const file = `${out}: ${name}, ${classes.length} classes${bytes > 0 ? `, ${sizeOf(bytes)}` : ''}`;
  if (!validation) return file;
  return [confusionTable(validation, classes), '', `${percent(validation.accuracy)} of ${count(validation.examples)} examples right`, file].join('\n');
}

function result({ name, out, settings, trainer, data: { classes } }: Prepared, { validation, stopped }: End, bytes: number) {
  return { kind: 'result', file: out, bytes, network: name, classes, epochs: settings.epochs, steps: trainer.steps, variant: trainer.variant, stopped, validation: validation && evaluationJson(validation) };
}
