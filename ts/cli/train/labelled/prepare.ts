import { existsSync } from 'node:fs';
import { wrong } from '../../../base/wrong.js';
import { showList } from '../../../base/show.js';
import { pair, preprocessSpec } from '../../../image/spec.js';
import { readSafetensors } from '../../../formats/safetensors.js';
import { writeSafetensors } from '../../../formats/safetensors-write.js';
import type { StoredTensor } from '../../../entries/index.js';
import type { Dataset, Trainer } from '../../../entries/train-inline.js';
import type { LabelledDataset } from '../../../entries/vision.js';
import { readBytes } from '../../files.js';
import { readLabels } from '../../labels.js';
import type { Request } from '../prepare.js';
import { optimizerOf, settingsOf } from '../settings.js';
import type { Defaults, Settings } from '../settings.js';
import { loadTraining } from '../training.js';
import { describing, readTrained } from '../trained-file.js';
import type { Describe, Trained } from '../trained-file.js';
import { expectPlace } from '../whole-file.js';
import { batches, readParts } from './data.js';
import type { Answering, LabelledTask, Learned } from './task.js';

/** What the command line says beside what classifiers take. */
export interface LabelledRequest extends Request {
  readonly images?: string;
  readonly labels?: string;
  readonly ignore?: number;
}

/** Settings of a training, with what its network and pixels are: a file that goes on has the same. */
interface TaskSettings extends Settings {
  readonly task: 'detect' | 'segment';
  readonly network: string;
  readonly size: readonly [number, number];
}

/** Everything that training needs, checked before it begins. */
export interface PreparedTask {
  readonly network: string;
  readonly out: string;
  readonly settings: Settings;
  readonly classes: readonly string[];
  readonly size: readonly [number, number];
  readonly train: Dataset;
  readonly validation: LabelledDataset | undefined;
  readonly dropLast: boolean;
  readonly trainer: Trainer;
  readonly describe: Describe;
}

const DEFAULTS: Defaults = { epochs: 30, batch: 16, lr: 4e-3, optimizer: 'adamw', schedule: 'one-cycle', seed: 0, all: false };
/** Gradients of a network that knows nothing yet are sometimes large. */
const CLIP = 10;

/** @throws what is wrong with the command line, the data or the file to go on from, before anything is computed */
export async function prepareTask<Truth, Model extends Answering>(task: LabelledTask<Truth, Model>, named: string | undefined, request: LabelledRequest): Promise<PreparedTask> {
  expectNone('--model', request.model, 'the network is given by name, and --weights by a file');
  expectNone('--all', request.all, 'all layers learn there as it is');
  expectNone('--augment', request.augment, 'boxes and masks would not move with the picture');
  const training = await loadTraining();
  const trained = request.resume === undefined ? undefined : readTrained(request.resume);
  const before = trained && settingsBefore(task.name, trained, request);
  const network = networkOf(task, named, before);
  const told = settingsOf(given(request), before, request.resume, DEFAULTS);
  const out = placeOf(request, network);
  const { images, ignore, maxPixels } = request;
  const names = request.labels === undefined ? undefined : readLabels(request.labels);
  const parts = await readParts(training, task.name, request.data, { images, names, ignore, maxPixels, validation: told.validation, seed: told.seed });
  if (trained) expectSameData(trained, parts.train, request);
  const size = await sizeFor(task, parts.train, before?.size ?? request.size);
  const spec = preprocessSpec(trained?.preprocess ?? { ...task.preprocess, ...asFields(request), size });
  const learned: Learned = { classes: parts.train.classes, size, spec, ignore: parts.train.ignore };
  const { learning, kept, constants, losses, task: reading } = task.build(training, learned);
  const settings: TaskSettings = { ...told, task: task.name, network, size };
  const content = { graph: kept, name: network, labels: learned.classes, preprocess: spec, task: reading };
  const dropLast = parts.train.length > told.batch && parts.train.length % told.batch === 1;
  const trainer = await training.createTrainer(learning, {
    loss: losses, optimizer: optimizerOf(training, told, told.epochs * training.batchesOf(parts.train.length, told.batch, dropLast)),
    clip: CLIP, seed: told.seed, variant: request.variant, ...beginning(trained, constants, request),
  });
  return {
    network, out, settings, classes: learned.classes, size, dropLast, trainer, validation: parts.validation,
    train: batches(training, task, parts.train, learned), describe: describing(content, { settings, examples: parts.train.length }, constants),
  };
}

const given = ({ epochs, batch, lr, optimizer, schedule, seed, validation }: LabelledRequest): Partial<Settings> => ({ epochs, batch, lr, optimizer, schedule, seed, validation });

/** @throws ArgumentError for an option that has no meaning for boxes and masks */
function expectNone(option: string, value: unknown, hint: string): void {
  if (value !== undefined) wrong(option, 'nothing with --task detect or segment', typeof value === 'string' ? value : 'a value', { hint });
}

/** `--preprocess`, by fields; a preset by name stands for its fields. */
function asFields({ preprocess }: LabelledRequest): object {
  if (preprocess === undefined) return {};
  const { size: _, resize: __, crop: ___, ...fields } = preprocessSpec(preprocess, [1, 1]);
  return fields;
}

function settingsBefore(task: string, { history }: Trained, { resume = '' }: LabelledRequest): TaskSettings {
  const { settings } = history;
  if ('task' in settings && settings.task === task) return settings as TaskSettings;
  return wrong(`--resume: ${resume}`, `a file that was trained with --task ${task}`, 'another', { hint: 'leave --resume out to begin anew' });
}

function networkOf({ name, networks }: Pick<LabelledTask<never, never>, 'name' | 'networks'>, named: string | undefined, before: TaskSettings | undefined): string {
  if (named !== undefined && !networks.includes(named)) wrong(named, `a network that learns to ${name}: ${networks.join(', ')}`, named);
  return before?.network ?? named ?? networks[0];
}

/** The file to be written. What is there already took time to learn. */
function placeOf({ out, resume, force = false }: LabelledRequest, network: string): string {
  const file = out ?? resume ?? `${network}.safetensors`;
  expectPlace(file);
  if (existsSync(file) && !force && file !== resume) wrong(file, 'nothing there yet', 'a file', { hint: `--resume ${file} goes on with it, --force begins anew` });
  return file;
}

/** The size that the command line says, or that of the first photo. */
async function sizeFor({ multiple, largest, square }: Pick<LabelledTask<never, never>, 'multiple' | 'largest' | 'square'>, data: LabelledDataset, wanted: readonly [number, number] | undefined): Promise<readonly [number, number]> {
  const fits = (side: number): boolean => side % multiple === 0;
  if (wanted) {
    if (!wanted.every(fits) || (square && wanted[0] !== wanted[1])) wrong('--size', square ? `a multiple of ${multiple}, of a square` : `multiples of ${multiple}`, wanted.join('x'));
    return wanted;
  }
  const { width, height } = await data.get(0);
  const near = (side: number): number => Math.max(multiple, Math.min(largest, Math.ceil(side / multiple) * multiple));
  return square ? pair(near(Math.max(width, height))) : [near(height), near(width)];
}

/** @throws ArgumentError for other data than the file learned with */
function expectSameData({ labels, history: { examples } }: Trained, { classes, length }: LabelledDataset, { resume = '' }: LabelledRequest): void {
  const hint = '--weights begins anew from what was learned';
  if (JSON.stringify(labels) !== JSON.stringify(classes)) wrong('--data', `the classes of ${resume}, ${showList(labels)}`, showList(classes), { hint });
  if (length !== examples) wrong('--data', `the ${examples} photos that ${resume} learned from`, String(length), { hint });
}

/** Of weights from elsewhere those that fit by name and shape; the rest begins at random. */
function beginning(trained: Trained | undefined, constants: readonly StoredTensor[], { weights }: LabelledRequest): { readonly resume: Uint8Array } | { readonly weights: Uint8Array; readonly partial: true } | object {
  if (trained) return { resume: without(trained.bytes, constants.map(({ name }) => name)) };
  return weights === undefined ? {} : { weights: readBytes('--weights', weights), partial: true };
}

/** What a trainer saved: without the parameters of the file that it does not know. */
function without(file: Uint8Array, names: readonly string[]): Uint8Array {
  const { tensors, metadata } = readSafetensors(file);
  return writeSafetensors([...tensors.values()].filter(({ name }) => !names.includes(name)), Object.fromEntries(metadata));
}
