// Data sets of photos that are labelled with boxes or masks, as the command line names them.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { wrong } from '../../base/wrong.js';
import { fromCoco, fromMasks } from '../../entries/vision.js';
import type { LabelledDataset, MaskDataset } from '../../entries/vision.js';
import { readBytes, readFolder } from '../files.js';
import { readLabels } from '../labels.js';
import { beside, isFolder, photosIn } from './photos-in.js';
import { readYolo } from './yolo-folder.js';

/** What the command line says beside the path. */
export interface LabelledOptions {
  /** The folder of a COCO file's photos. Default: that of the file, or `images` in it. */
  readonly images?: string | undefined;
  /** Names of the classes, where the data says none. */
  readonly names?: readonly string[] | undefined;
  readonly maxPixels?: number | undefined;
}

/** What Roboflow calls the file in a folder of photos. */
const ROBOFLOW = '_annotations.coco.json';

/**
 * Photos with boxes: a COCO file, data.yaml of YOLO's texts, or a folder of them.
 * @throws ArgumentError where something is missing; what `fromCoco` and `fromYolo` throw
 */
export async function readBoxes(path: string, { images, names, maxPixels }: LabelledOptions): Promise<LabelledDataset> {
  expectThere(path);
  const file = isFolder(path) && existsSync(join(path, ROBOFLOW)) ? join(path, ROBOFLOW) : path;
  if (extname(file).toLowerCase() !== '.json') return readYolo(path, names, maxPixels);
  const folder = images ?? dirname(file);
  readFolder('--images', folder);
  const photo = (name: string): string => [join(folder, name), join(folder, 'images', name)].find((each) => existsSync(each)) ?? join(folder, name);
  return fromCoco(readBytes('--data', file), { photo, maxPixels });
}

/**
 * Photos in a folder `images` with a PNG of the same name each in a folder `masks`. `classes.txt` names the classes.
 * @throws ArgumentError where something is missing; what `fromMasks` throws
 */
export function readMasks(path: string, { names, ignore, maxPixels }: LabelledOptions & { readonly ignore?: number | undefined }): MaskDataset {
  expectThere(path);
  if (!isFolder(path)) wrong(`--data: ${path}`, 'a folder with folders images and masks', 'a file');
  const [images, masks, own] = ['images', 'masks', 'classes.txt'].map((name) => join(path, name)) as [string, string, string];
  for (const folder of [images, masks]) if (!isFolder(folder)) wrong('--data', 'folders images and masks', `no folder ${folder}`);
  const classes = existsSync(own) ? readLabels(own) : (names ?? wrong('--data', 'names of the classes', `none in ${path}`, { hint: 'write them to classes.txt, one a line, or give --labels' }));
  const examples = photosIn('--data', images).map((name) => {
    const mask = beside(masks, name, '.png') ?? wrong(`--data: ${name}`, 'a mask of the same name', `none in ${masks}`, { hint: 'a.png in masks belongs to a.jpg in images' });
    return { name, image: join(images, name), mask: () => Promise.resolve(readFileSync(mask)) };
  });
  return fromMasks(examples, { classes, ignore, maxPixels });
}

function expectThere(path: string): void {
  if (!existsSync(path)) wrong('--data', 'a folder or a file', `no such file: ${path}`, { hint: 'check the path' });
}
