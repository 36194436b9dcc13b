import { UnsupportedError } from '../../base/errors.js';
import type { PlatformURL } from '../../base/globals.js';
import type { Batch, Dataset } from './dataset.js';
import type { PhotosOptions } from './photos.js';

/** Pages read no paths. @throws UnsupportedError */
export function fromFolder(_path: string | PlatformURL, _options: PhotosOptions = {}): Promise<Dataset<Batch>> {
  const hint = 'give the files that an <input type="file" webkitdirectory> has to fromFiles';
  return Promise.reject(new UnsupportedError(`fromFolder: a page cannot read a path; ${hint}`, { place: 'fromFolder', hint }));
}
