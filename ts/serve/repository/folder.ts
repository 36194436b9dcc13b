import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { wrong } from '../../base/wrong.js';
import { MODEL_NAME, MODEL_NAME_WORDS, MODEL_VERSION } from '../names.js';
import type { ServiceModel } from '../options.js';

/** What the file of a version may be called. */
const FILES = ['model.onnx', 'model.safetensors'];

/** What looks like a model, wherever it lies. */
const MODEL_FILE = /\.(onnx|safetensors)$/i;

/** What is left alone without a word: hidden, or of the file system. */
const QUIET = /^\.|^lost\+found$/;

/** A repository as it lies there. */
export interface Repository {
  readonly models: readonly ServiceModel[];
  /** What lies where no model does, with the reason; paths from the repository. */
  readonly passedOver: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

async function entriesOf(folder: string): Promise<readonly Entry[]> {
  const names = (await readdir(folder)).filter((name) => !QUIET.test(name)).toSorted();
  // Not by the kind of the entry: volumes of containers are links to folders.
  const folders = await Promise.all(names.map(async (name) => (await stat(join(folder, name)).catch(() => undefined))?.isDirectory() === true));
  return names.map((name, i) => ({ name, isFolder: folders[i] === true }));
}

/**
 * The models of a folder as they lie there now: NAME/VERSION/model.onnx or model.safetensors, the highest versions of each.
 * @param newest - how many versions of a model
 * @throws ArgumentError for a folder that cannot be read
 */
export async function modelsIn(folder: string, newest: number): Promise<Repository> {
  const entries = await entriesOf(folder).catch((error: unknown) => wrong('repository', 'a folder that can be read', error instanceof Error ? error.message : 'another', { cause: error }));
  const passedOver: string[] = [];
  const models: ServiceModel[] = [];
  for (const { name, isFolder } of entries) {
    if (isFolder && MODEL_NAME.test(name)) models.push(...(await versionsIn(folder, name, passedOver)).slice(0, newest));
    else if (isFolder) passedOver.push(`${name}: a model has ${MODEL_NAME_WORDS}`);
    else if (MODEL_FILE.test(name)) passedOver.push(`${name}: a model lies in NAME/VERSION/${FILES[0]}`);
  }
  return { models, passedOver };
}

/** The versions of a model, the highest first. */
async function versionsIn(folder: string, name: string, passedOver: string[]): Promise<readonly ServiceModel[]> {
  const entries = await entriesOf(join(folder, name)).catch(() => []);
  const models: ServiceModel[] = [];
  for (const { name: version, isFolder } of entries) {
    const place = `${name}/${version}`;
    if (!isFolder) {
      if (MODEL_FILE.test(version)) passedOver.push(`${place}: a model lies in the folder of its version, like ${name}/1/${FILES[0]}`);
    } else if (!MODEL_VERSION.test(version)) passedOver.push(`${place}: a version is a whole number from 1 on`);
    else models.push(...(await modelIn(folder, name, version, passedOver)));
  }
  if (entries.length === 0) passedOver.push(`${name}: it has no versions, like ${name}/1/${FILES[0]}`);
  return models.toSorted((a, b) => Number(b.version) - Number(a.version));
}

/** The model of a version, or none. */
async function modelIn(folder: string, name: string, version: string, passedOver: string[]): Promise<readonly ServiceModel[]> {
  const files = (await entriesOf(join(folder, name, version)).catch(() => [])).filter(({ isFolder }) => !isFolder).map((file) => file.name);
  const file = FILES.find((one) => files.includes(one));
  if (file !== undefined) return [{ name, version, model: join(folder, name, version, file) }];
  const odd = files.find((one) => MODEL_FILE.test(one));
  passedOver.push(odd === undefined ? `${name}/${version}: it has neither ${FILES.join(' nor ')}` : `${name}/${version}/${odd}: the file of a version is called ${FILES.join(' or ')}`);
  return [];
}
