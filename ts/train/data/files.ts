import { showValue, typeName } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import type { PlatformBlob } from '../../base/globals.js';
import type { Batch, Dataset } from './dataset.js';
import { isPhotoName, photosAt } from './photos.js';
import type { Photo, PhotosOptions } from './photos.js';

/** A photo with its class. */
export interface LabelledFile {
  /** For messages. */
  readonly name?: string | undefined;
  /** Its class. */
  readonly label: string;
  /** What is in it. */
  readonly blob: PlatformBlob;
}

/**
 * A data set of files: those of a folder that was chosen as a whole (`<input type="file" webkitdirectory>`), where the class is the
 * folder a photo lies in, or files with their classes. Of a folder, hidden files and those that are no images by name are left out.
 * @throws ArgumentError for an option, a file without a class, a class without photos, or no photos; a batch with a photo that cannot
 *   be read rejects with an ImageError naming it, with photos of several sizes with a ShapeError
 */
export function fromFiles(files: Iterable<PlatformBlob | LabelledFile>, options: PhotosOptions = {}): Dataset<Batch> {
  if (typeof (files as unknown) !== 'object' || !(Symbol.iterator in files)) wrong('fromFiles', 'a list of files, or of { name, label, blob }', typeName(files));
  return photosAt('fromFiles', [...files].flatMap((file, i) => photoOf(file, i)), options);
}

function photoOf(file: PlatformBlob | LabelledFile, i: number): Photo[] {
  const { name, label, blob, webkitRelativePath: path } = (file ?? {}) as Partial<LabelledFile> & { readonly webkitRelativePath?: string };
  if (blob instanceof Blob) {
    if (typeof label !== 'string') wrong(`files[${i}].label`, 'the name of a class', showValue(label));
    return [{ name: name ?? `${label} (files[${i}])`, label, source: blob }];
  }
  if (!(file instanceof Blob)) return wrong(`files[${i}]`, 'a file, or { name, label, blob }', showValue(file));
  const parts = path?.split('/') ?? [];
  const hint = 'choose the folder that holds a folder for each class, or give { name, label, blob }';
  // The folder that was chosen, the class, the file.
  if (parts.length < 3) return parts.length === 2 && !isPhotoName(parts[1]!) ? [] : wrong(`files[${i}]`, 'a file in the folder of its class', name ?? 'one without a folder', { hint });
  return isPhotoName(parts[parts.length - 1]!) ? [{ name: parts.slice(1).join('/'), label: parts[1]!, source: file }] : [];
}
