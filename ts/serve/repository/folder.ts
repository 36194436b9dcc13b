import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { wrong } from '../../base/wrong.js';
import { MODEL_NAME, MODEL_VERSION } from '../options.js';
import type { ServiceModel } from '../options.js';

/** What the file of a version may be called. */
const FILES = ['model.onnx', 'model.safetensors'];

async function foldersIn(folder: string, pattern: RegExp): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => pattern.test(name));
  // Not by the kind of the entry: volumes of containers are links to folders.
  const found = await Promise.all(names.map(async (name) => (await stat(join(folder, name)).catch(() => undefined))?.isDirectory() === true));
  return names.filter((_, i) => found[i]);
}

async function fileOf(folder: string): Promise<string | undefined> {
  for (const name of FILES) {
    const file = join(folder, name);
    if ((await stat(file).catch(() => undefined))?.isFile()) return file;
  }
  return undefined;
}

/**
 * The models of a folder as they lie there now: NAME/VERSION/model.onnx or model.safetensors, the highest versions of each.
 * @param newest - how many versions of a model
 * @throws ArgumentError for a folder that cannot be read
 */
export async function modelsIn(folder: string, newest: number): Promise<readonly ServiceModel[]> {
  const names = await foldersIn(folder, MODEL_NAME).catch((error: unknown) => wrong('repository', 'a folder that can be read', error instanceof Error ? error.message : 'another', { cause: error }));
  const found: ServiceModel[] = [];
  for (const name of names.toSorted()) {
    const versions = (await foldersIn(join(folder, name), MODEL_VERSION)).toSorted((a, b) => Number(b) - Number(a));
    const files = await Promise.all(versions.map((version) => fileOf(join(folder, name, version))));
    const models = versions.flatMap((version, i) => (files[i] === undefined ? [] : [{ name, version, model: files[i] }]));
    found.push(...models.slice(0, newest));
  }
  return found;
}
