import { basename, extname, resolve } from 'node:path';
import { wrong } from '../../base/wrong.js';
import type { ServiceModel } from '../../entries/serve.js';
import { MODEL_NAME, MODEL_NAME_WORDS } from '../../serve/names.js';
import { isLocation } from '../models.js';
import { IN_REPOSITORY, isInRepository, isThere, SHIPPED, withWeights } from '../where-models-are.js';

/**
 * A model as the command line names it: a file, NAME=FILE, or a net that ships.
 * @throws ArgumentError for what is neither, and for a file whose name is none for an address
 */
export function modelNamed(text: string): ServiceModel {
  const split = !isLocation(text) && /^([^=/\\]+)=(.+)$/s.exec(text);
  const [name, file] = split ? [split[1] ?? '', split[2] ?? ''] : [basename(text, extname(text)), text];
  if (!MODEL_NAME.test(name)) wrong(text, MODEL_NAME_WORDS, JSON.stringify(name), { hint: 'write NAME=FILE' });
  return { name, model: sourceNamed(file) };
}

/**
 * Where a model is: an address, a file, or a net that ships.
 * @param folder - what the paths of files are named from
 * @param place - for messages
 * @throws ArgumentError for what is none of them
 */
export function sourceNamed(named: string, folder = '.', place = named): string | URL {
  if (/^(https?|file):/.test(named)) return named;
  const file = folder === '.' ? named : resolve(folder, named);
  if (isLocation(file)) return file;
  const shipped = Object.hasOwn(SHIPPED, named) ? SHIPPED[named] : undefined;
  if (shipped !== undefined) return shipped;
  if (isInRepository(named) && isThere(named)) return IN_REPOSITORY[named];
  const got = place === named ? 'none of them' : JSON.stringify(named);
  return wrong(place, `a file that is there, ${place === named ? 'NAME=FILE, ' : ''}or a net with weights: ${withWeights().join(', ')}`, got, { hint: folder === '.' ? 'check the path' : 'check the path, which is named from the folder of the file' });
}
