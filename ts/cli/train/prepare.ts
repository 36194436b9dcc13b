import { existsSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { wrong } from '../../base/wrong.js';
import { graphFromData, graphToData, WeightsError } from '../../entries/index.js';
import type { Graph, PreprocessOptions, StoredTensor } from '../../entries/index.js';
import type { Augmentation, Trainer } from '../../entries/train-inline.js';
import type { CommonOptions, PhotoOptions } from '../common.js';
import { readData } from './data.js';
import type { TrainData } from './data.js';
import { newNetwork, trainedNetwork, withClasses } from './network.js';
import type { Base } from './network.js';
import { imageInputOf, pixelsFor } from './pixels.js';
import { augmentationOf, optimizerOf, settingsOf } from './settings.js';
import type { Settings } from './settings.js';
import { listed } from '../output.js';
import { loadTraining } from './training.js';
import { describing, readTrained } from './trained-file.js';
import type { Describe, Trained } from './trained-file.js';
import { expectPlace } from './whole-file.js';

/** What the command line says beside the settings. */
export interface Request extends Partial<Settings>, PhotoOptions, Pick<CommonOptions, 'variant'> {
  readonly data: string;
  readonly model?: string;
  readonly weights?: string;
  readonly resume?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly size?: readonly [number, number];
  readonly preprocess?: PreprocessOptions;
}

/** Everything that training needs, checked before it begins. */
export interface Prepared {
  readonly name: string;
  /** The file to be written. */
  readonly out: string;
  readonly settings: Settings;
  /** Whether the last batch of an epoch is left out: one of a single example has no variance for a batch normalisation. */
  readonly dropLast: boolean;
  readonly augment: Augmentation | undefined;
  readonly data: TrainData;
  readonly graph: Graph;
  /** Parameters that learn; absent: all. */
  readonly learned: readonly string[] | undefined;
  readonly trainer: Trainer;
  readonly describe: Describe;
}

/** @throws what is wrong with the command line, the network, the data or the file to go on from, before anything is computed */
export async function prepare(named: string | undefined, request: Request): Promise<Prepared> {
  const training = await loadTraining();
  const { model, weights, resume, size, maxPixels } = request;
  const trained = resume === undefined ? undefined : readTrained(resume);
  const settings = settingsOf(settingsIn(request), trained?.history.settings, resume);
  const base = trained ? { ...trained, name: trained.name ?? 'network', weights: undefined } : model === undefined ? newNetwork(nameOf(named)) : await trainedNetwork(only(model, named), weights);
  // Any number of classes tells whether it is a classifier: before photos are read.
  if (!trained) withClasses(base.graph, 2, base.name);
  const out = placeOf(request, base);
  const input = imageInputOf(base.graph, base.name);
  const augment = augmentationOf(training, settings, input);
  const pixels = pixelsFor(input, request.preprocess ?? base.preprocess, size);
  const data = await readData(training, request.data, { input, pixels, validation: settings.validation, seed: settings.seed, maxPixels });
  const { graph, learned, begin } = trained ? goingOn(trained, named, data, request) : beginning(base, data, settings);
  const { classes, preprocess, train } = data;
  const describe = describing({ graph, name: base.name, labels: classes, preprocess, task: 'classification' }, { settings, learned, examples: train.length });
  const dropLast = train.length > settings.batch && train.length % settings.batch === 1;
  const optimizer = optimizerOf(training, settings, settings.epochs * training.batchesOf(train.length, settings.batch, dropLast));
  const trainer = await training.createTrainer(graph, {
    loss: training.crossEntropy(), optimizer, seed: settings.seed, variant: request.variant, trainable: learned && ((name) => learned.includes(name)), ...begin,
  });
  return { name: base.name, out, settings, dropLast, augment, data, graph, learned, trainer, describe };
}

const settingsIn = ({ epochs, batch, lr, optimizer, schedule, augment, seed, validation, all }: Request): Partial<Settings> => ({
  epochs, batch, lr, optimizer, schedule, augment, seed, validation, all,
});

const nameOf = (named: string | undefined): string => named ?? wrong('train', 'the name of a network, --model or --resume', 'none', { hint: 'receptive train lenet5 --data DIR' });

const only = (model: string, named: string | undefined): string => (named === undefined ? model : wrong('--model', 'no network by name beside it', named, { hint: 'leave one of the two out' }));

/** The file to be written. What is there already took time to learn. */
function placeOf({ out, resume, model, force = false }: Request, { name }: Base): string {
  const file = out ?? resume ?? `${model === undefined ? name : `${basename(model, extname(model))}-trained`}.safetensors`;
  expectPlace(file);
  if (existsSync(file) && !force && file !== resume) {
    wrong(file, 'nothing there yet', 'a file', { hint: `--resume ${file} goes on with it, --force begins anew` });
  }
  return file;
}

/** How a trainer begins. */
interface Beginning {
  readonly graph: Graph;
  readonly learned: readonly string[] | undefined;
  readonly begin: { readonly resume: Uint8Array } | { readonly weights: readonly StoredTensor[]; readonly partial: true } | object;
}

/** The layers behind a trained network's features are made anew for other classes than it knows. */
function beginning({ name, graph: given, weights, labels }: Base, { classes }: TrainData, { all }: Settings): Beginning {
  const { graph, head } = withClasses(given, classes.length, name);
  if (!weights) return { graph, learned: undefined, begin: {} };
  const anew = sameTexts(labels, classes) ? [] : head;
  const wanted = graph.params.filter((param) => !anew.includes(param.name));
  const found = new Map(weights.map((stored) => [stored.name, stored]));
  const kept = wanted.map((param) => found.get(param.name) ?? wrong(name, `weights of ${param.name}`, 'none', { as: WeightsError }));
  return { graph, learned: all ? undefined : head, begin: { weights: kept, partial: true } };
}

const sameTexts = (a: readonly string[] | undefined, b: readonly string[]): boolean => JSON.stringify(a) === JSON.stringify(b);

/** @throws ArgumentError for another network, or other data, than the file learned with */
function goingOn({ graph, labels, history, bytes }: Trained, named: string | undefined, { classes, train }: TrainData, { resume = '' }: Request): Beginning {
  const { learned, examples } = history;
  const hint = '--model takes a trained network to begin with';
  if (named !== undefined && !sameGraph(graph, withClasses(newNetwork(named).graph, classes.length, named).graph)) wrong(`--resume: ${resume}`, named, 'another network', { hint });
  if (!sameTexts(labels, classes)) wrong('--data', `the classes of ${resume}, ${list(labels ?? [])}`, list(classes), { hint });
  if (train.length !== examples) wrong('--data', `the ${examples} examples that ${resume} learned from`, String(train.length), { hint });
  return { graph, learned, begin: { resume: bytes } };
}

const list = (names: readonly string[]): string => listed(names, 8);

/** As a file has them: what JSON leaves out makes no difference. */
function sameGraph(a: Graph, b: Graph): boolean {
  const text = (graph: Graph): string => JSON.stringify(graphToData(graph));
  return text(a) === text(graphFromData(JSON.parse(text(b)) as ReturnType<typeof graphToData>));
}
