import { existsSync } from 'node:fs';
import { Option } from 'commander';
import type { Command } from 'commander';
import { load, models, tensor } from '../entries/index.js';
import type { Graph, InputShapes, LoadOptions, Model, Tensor } from '../entries/index.js';
import { count } from '../tensor/shape.js';
import { nearest } from '../base/options.js';
import { wrong } from '../base/wrong.js';
import { howToGet, IN_REPOSITORY, isInRepository, isThere, SHIPPED, whichFit, withWeights } from './where-models-are.js';

/**
 * Where a model with trained weights is: a file, or a net that ships.
 * @throws ArgumentError for the name of a net without weights, and for what is neither
 */
function sourceOfTrained(nameOrFile: string): string | URL {
  const shipped = Object.hasOwn(SHIPPED, nameOrFile) ? SHIPPED[nameOrFile] : undefined;
  if (shipped !== undefined) return shipped;
  if (!isLocation(nameOrFile) && isName(nameOrFile)) {
    wrong('--model', `a model file, or a net with weights: ${withWeights().join(', ')}`, `${nameOrFile}, whose trained weights are not here`, { hint: howToGet(nameOrFile) });
  }
  return known(nameOrFile, 'a net with weights', withWeights());
}

/** A model with trained weights: a file, or a net that ships. @throws ArgumentError as `sourceOfTrained` */
export async function loadTrained(nameOrFile: string, options: LoadOptions): Promise<Model> {
  return load(sourceOfTrained(nameOrFile), options);
}

/**
 * Where a model for a task is: a file, a net that ships, or one that lies in the repository.
 * @throws ArgumentError as `sourceOfTrained`, and for a name of the repository where this is none
 */
export function sourceForTask(nameOrFile: string): string | URL {
  if (isLocation(nameOrFile) || !isInRepository(nameOrFile)) return sourceOfTrained(nameOrFile);
  if (isThere(nameOrFile)) return IN_REPOSITORY[nameOrFile];
  wrong('--model', 'a model file', `${nameOrFile}, which the package does not have`, { hint: whichFit(TASKS[nameOrFile], nameOrFile) });
}

/** A model for a task. @throws ArgumentError as `sourceForTask` */
export async function loadForTask(nameOrFile: string, options: LoadOptions): Promise<Model> {
  return load(sourceForTask(nameOrFile), options);
}

const TASKS = { nanodet: 'detector', selfie: 'segmenter' } as const;

/**
 * The option that names the model of a task. Where the package lies alone there is none to take by default, so that one must be named.
 * @param what - of the default, as `detector`
 */
export function taskModelOption(name: keyof typeof IN_REPOSITORY, what: string): Option {
  if (isThere(name)) return new Option('--model <name|file>', `a model file; default: the ${what} of the repository`).default(name);
  return new Option('--model <file>', `a ${what}: an ONNX or safetensors file (needed: the package ships none)`);
}

/** The model that was named. Ends the command as one of wrong usage, saying which files fit, where none was and none is to take by default. */
export function expectModel(model: string | undefined, name: keyof typeof IN_REPOSITORY, command: Command): string {
  return model ?? command.error(`error: --model is needed: ${whichFit(TASKS[name], name)}`);
}

/** How parameters of a net without trained weights are filled: zeros suffice to describe it, noise to time it. */
export type Fill = 'zeros' | 'noise';

/** A model to look at or to time: a file as it is, a net by name with made-up weights. Nothing is downloaded. */
export function loadAny(nameOrFile: string, fill: Fill, options: LoadOptions): Promise<Model> {
  if (isLocation(nameOrFile) || !isName(nameOrFile)) return load(known(nameOrFile, 'one of the nets', Object.keys(models)), options);
  const graph = models[nameOrFile]();
  return load(graph, { ...options, weights: madeUp(graph, fill), transfer: true });
}

/** Nets that take any size are looked at in the size most of them were trained on. */
const OPEN_SIDE = 224;

/** Shapes of the inputs: the one given, or those of the model, a batch of 1 and 224 x 224 where it leaves them open. */
export function inputShapesOf(model: Model, given: readonly number[] | undefined): InputShapes {
  if (given) return given;
  return Object.fromEntries(
    model.inputs.map(({ name, shape }) => [name, shape.map((dim, axis) => dim ?? (axis === 0 ? 1 : OPEN_SIDE))]),
  );
}

/** Whether it is the name of a net. */
export function isName(name: string): name is keyof typeof models {
  return Object.hasOwn(models, name);
}

/** Whether it is a file that is there, or a URL. */
export function isLocation(text: string): boolean {
  return /^(https?|file):/.test(text) || existsSync(text);
}

/** @param named - that may be named in its place, and what they are */
function known(file: string, what: string, named: readonly string[]): string {
  if (isLocation(file)) return file;
  const near = nearest(file, named);
  wrong(file, `a file that is there, or ${what}: ${named.join(', ')}`, 'neither', { hint: near === undefined ? 'check the path' : `did you mean ${near}?` });
}

/**
 * Normalisation is left neutral, everything else gets noise of He's deviation (He et al. 2015, arXiv 1502.01852), so that
 * activations keep their size through any depth and no infinities or denormals disturb the timing.
 */
export function madeUp(graph: Graph, fill: Fill): Record<string, Tensor> {
  const random = noise(1);
  const tensors = graph.params.map(({ name, shape }): [string, Tensor] => {
    const data = new Float32Array(count(shape));
    const fanIn = count(shape.slice(1));
    const isScale = shape.length === 1 && (name.endsWith('.weight') || name.endsWith('.running_var'));
    if (isScale) data.fill(1);
    else if (fill === 'noise' && shape.length > 1) {
      const limit = Math.sqrt(6 / fanIn);
      for (let i = 0; i < data.length; i++) data[i] = random() * limit;
    }
    return [name, tensor(data, shape)];
  });
  return Object.fromEntries(tensors);
}

/** Numbers from -1 to 1, the same on every machine: xorshift32 (Marsaglia 2003, doi 10.18637/jss.v008.i14). */
export function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 0x80000000;
  };
}
