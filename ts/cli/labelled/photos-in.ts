import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, parse, sep } from 'node:path';
import { wrong } from '../../base/wrong.js';
import { isPhotoName } from '../../train/data/photos.js';
import { readFolder } from '../files.js';

/** Whether a folder is there. */
export function isFolder(path: string): boolean {
  // Without the first question a path that goes through a file would throw.
  return existsSync(path) && statSync(path).isDirectory();
}

/** Names of the photos in a folder and those within it, in order; hidden ones and what is no image by name left out. */
export function photosIn(place: string, folder: string): string[] {
  // Says what is wrong with the folder itself.
  readFolder(place, folder);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => file.split(sep));
  const photos = files.filter((parts) => parts.every((part) => !part.startsWith('.')) && isPhotoName(parts[parts.length - 1]!) && !isFolder(join(folder, ...parts)));
  const names = photos.map((parts) => parts.join('/')).sort();
  return names.length > 0 ? names : wrong(place, 'photos', `none in ${folder}`);
}

/** The file of the same name in another folder, with another ending. */
export function beside(folder: string, name: string, ending: string): string | undefined {
  const { dir, name: stem } = parse(name);
  const file = join(folder, dir, `${stem}${ending}`);
  return existsSync(file) ? file : undefined;
}
