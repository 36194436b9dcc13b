import { existsSync, statSync } from 'node:fs';
import { extname, isAbsolute, join } from 'node:path';
import { glob } from 'tinyglobby';
import type { ImageInput } from '../entries/index.js';
import { wrong } from '../base/wrong.js';
import { readFolder } from './files.js';
import { framesOf } from './frames.js';

/** A photo that a command is asked about. */
export interface Photo {
  /** A path or URL, or `frame 1` of those that come by the standard input. */
  readonly name: string;
  readonly image: ImageInput;
}

const IMAGES = ['.jpg', '.jpeg', '.png', '.webp', '.gif', '.bmp', '.avif', '.tif', '.tiff'];

/** What models are called. */
const MODELS = ['.safetensors', '.onnx'];

/** Whether its name says that it is a photo. */
export const isImage = (name: string): boolean => IMAGES.includes(extname(name).toLowerCase());

/**
 * The photos that arguments name: files, URLs, the photos in folders, patterns such as `photos/*.jpg`, and by `-` what comes by the standard
 * input: frames one after another, PNG or JPEG, or a path or URL on each line.
 * @throws ArgumentError for a model in the place of a photo, a folder without photos, a pattern that fits none, and a standard input that ends before anything came
 */
export async function* photosOf(args: readonly string[], input: AsyncIterable<Uint8Array>): AsyncGenerator<Photo> {
  for (const arg of args) {
    if (arg === '-') yield* sent(input);
    else for (const name of await namesOf(arg)) yield { name, image: name };
  }
}

async function namesOf(arg: string): Promise<readonly string[]> {
  if (MODELS.includes(extname(arg).toLowerCase())) wrong(arg, 'a photo', 'a model', { hint: `--model ${arg} asks it` });
  const there = statSync(arg, { throwIfNoEntry: false });
  if (there?.isDirectory()) {
    const names = readFolder('photos', arg).filter(isImage).sort();
    return names.length > 0 ? names.map((name) => join(arg, name)) : wrong(arg, `photos (${IMAGES.join(', ')})`, 'none');
  }
  // What is there is meant as it is written, and URLs may have question marks.
  if (there || /^[a-z]{2,}:/i.test(arg) || !/[*?[{]/.test(arg)) return [arg];
  const found = (await glob(arg, { expandDirectories: false, absolute: isAbsolute(arg) })).filter((name) => existsSync(name)).sort();
  return found.length > 0 ? found : wrong(arg, 'a pattern that fits a file', 'one that fits none', { hint: 'put quotes around it, or name the files' });
}

async function* sent(input: AsyncIterable<Uint8Array>): AsyncGenerator<Photo> {
  let [number, some] = [0, false];
  for await (const one of framesOf(input)) {
    some = true;
    if (typeof one === 'string') yield { name: one, image: one };
    else yield { name: `frame ${++number}`, image: one };
  }
  if (!some) wrong('standard input', 'frames (PNG or JPEG), or a path or URL on each line', 'nothing');
}
