import { basename, extname } from 'node:path';
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
  return { name, model: sourceOf(file) };
}

function sourceOf(file: string): string | URL {
  if (isLocation(file)) return file;
  const shipped = Object.hasOwn(SHIPPED, file) ? SHIPPED[file] : undefined;
  if (shipped !== undefined) return shipped;
  if (isInRepository(file) && isThere(file)) return IN_REPOSITORY[file];
  return wrong(file, `a file that is there, NAME=FILE, or a net with weights: ${withWeights().join(', ')}`, 'none of them', { hint: 'check the path' });
}
