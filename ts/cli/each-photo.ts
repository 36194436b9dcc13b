import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { wrong } from '../base/wrong.js';
import { expectOtherFile } from './other-file.js';
import { AlreadyTold } from './output.js';
import type { Output } from './output.js';
import { photosOf } from './photos.js';
import type { Photo } from './photos.js';
import { keepsAlpha, PICTURE_EXTENSIONS } from './picture.js';

/**
 * Asks about each photo in turn and prints the answer as soon as it is there. A photo that fails is named, and the others still get their
 * answer; the exit code tells.
 * @param args - as `photosOf` takes them
 * @param ask - gives the lines to print
 */
export async function eachPhoto(args: readonly string[], output: Output, ask: (photo: Photo) => Promise<string>): Promise<void> {
  let failures = 0;
  const fail = (error: unknown, name = ''): void => {
    failures++;
    const message = error instanceof Error ? error.message : String(error);
    output.err(`error: ${name === '' || message.includes(name) ? message : `${name}: ${message}`}`);
  };
  for (const arg of args) {
    try {
      for await (const photo of photosOf([arg], process.stdin)) {
        await ask(photo).then((text) => output.out(text), (error: unknown) => fail(error, photo.name));
      }
    } catch (error) {
      fail(error);
    }
  }
  if (failures > 0) throw new AlreadyTold();
}

/** Where a picture goes that is made of a photo. */
export type Target = (photo: Photo) => string;

/**
 * A file, for one photo, or a folder, which is made: `photo.png` in it for `photo.jpg`. What ends with a slash is one, and what is there as
 * one.
 * @param extension - of files in a folder
 * @returns what throws an ArgumentError for a second photo of one name, and where a photo would be written over
 */
export function targetOf(out: string, extension = '.png'): Target {
  const isFolder = saysFolder(out);
  if (isFolder) mkdirSync(out, { recursive: true });
  const taken = new Set<string>();
  return ({ name, image }) => {
    const file = isFolder ? join(out, `${basename(name, extname(name)).replaceAll(/[^\p{L}\p{N}._-]/gu, '-')}${extension}`) : out;
    if (typeof image === 'string') expectOtherFile(file, [image]);
    if (taken.has(file)) {
      const [expected, hint] = ['one photo for a file', isFolder ? 'two photos have this name' : 'name a folder, with a slash behind it'];
      wrong(file, expected, 'another', { hint });
    }
    taken.add(file);
    return file;
  };
}

/** Whether it ends as folders do, or is one. */
function saysFolder(out: string): boolean {
  return /[\\/]$/.test(out) || (existsSync(out) && statSync(out).isDirectory());
}

/**
 * A file whose extension says how a picture is written, or a folder.
 * @param alpha - whether pixels may be transparent
 * @throws ArgumentError for another extension, and for a format without transparency where that is needed
 */
export function pictureTarget(out: string, { alpha = false } = {}): Target {
  if (!saysFolder(out)) {
    const [extension, listed] = [extname(out).toLowerCase(), PICTURE_EXTENSIONS.filter((each) => !alpha || keepsAlpha(each)).join(', ')];
    const needs = alpha && PICTURE_EXTENSIONS.includes(extension) ? `, which keeps no transparency` : '';
    const got = extension === '' ? 'no extension' : `${extension}${needs}`;
    if (!listed.split(', ').includes(extension)) wrong(`--output: ${out}`, `a file that ends in ${listed}`, got, { hint: 'or name a folder, with a slash behind it' });
  }
  return targetOf(out);
}

/** @throws ArgumentError where one picture would be written over another, or both into one folder */
export function expectApart(out: string | undefined, mask: string | undefined): void {
  if (out === undefined || mask === undefined) return;
  const real = (path: string): string => (existsSync(path) ? realpathSync(path) : resolve(path));
  if (real(out) === real(mask)) wrong(`--mask: ${mask}`, 'another place than that of --output', 'the same', { hint: 'one would be written over the other' });
}

/** A file that is a PNG, or a folder. @throws ArgumentError for another extension */
export function pngTarget(out: string): Target {
  const extension = extname(out).toLowerCase();
  if (extension !== '' && extension !== '.png' && !/[\\/]$/.test(out)) wrong(out, 'a .png file, or a folder', extension);
  return targetOf(out);
}
