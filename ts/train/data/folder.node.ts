import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ImageError } from '../../base/errors.js';
import type { PlatformURL } from '../../base/globals.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { fileReason } from '../../bytes/file-reason.node.js';
import type { Batch, Dataset } from './dataset.js';
import { isPhotoName, photosAt } from './photos.js';
import type { Photo, PhotosOptions } from './photos.js';

const REASONS = { ENOENT: 'no such folder', ENOTDIR: 'a file', EACCES: 'a folder without permission to read it' };

/**
 * A data set of a folder that holds a folder of photos for each class. Hidden files and those that are no images by name are left
 * out. Photos are decoded when they are read.
 * @throws ImageError for a folder that cannot be read; ArgumentError for an option, a class without photos, or no classes; a batch
 *   with a photo that cannot be read rejects with an ImageError naming it, with photos of several sizes with a ShapeError
 */
export async function fromFolder(path: string | PlatformURL, options: PhotosOptions = {}): Promise<Dataset<Batch>> {
  if (typeof path !== 'string' && !(path instanceof URL)) wrong('fromFolder', 'the path of a folder', showValue(path));
  const folder = /^file:/i.test(String(path)) ? fileURLToPath(path) : String(path);
  const entries = await list(folder, () => readdir(folder, { withFileTypes: true }));
  const labels = entries.filter((entry) => !entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name);
  if (labels.length === 0) wrong('fromFolder', 'a folder for each class', 'a folder without folders');
  const photos = await Promise.all(labels.map((label) => photosOf(folder, label)));
  return photosAt('fromFolder', photos.flat(), options);
}

async function photosOf(folder: string, label: string): Promise<Photo[]> {
  const files = await list(label, () => readdir(join(folder, label), { recursive: true }));
  const photos = files.map((file) => file.split(sep)).filter((parts) => parts.every((part) => !part.startsWith('.')) && isPhotoName(parts[parts.length - 1]!));
  if (photos.length === 0) wrong(`fromFolder: ${label}`, 'photos of the class', 'none', { hint: 'add some, or remove the folder' });
  return photos.map((parts) => ({ name: [label, ...parts].join('/'), label, source: join(folder, label, ...parts) }));
}

async function list<Entry>(name: string, read: () => Promise<Entry[]>): Promise<Entry[]> {
  try {
    return await read();
  } catch (cause) {
    return wrong(`fromFolder: ${name}`, 'a folder that can be read', fileReason(cause, REASONS), { as: ImageError, cause });
  }
}
