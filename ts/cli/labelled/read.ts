// Data sets of photos that are labelled with boxes or masks, as the command line names them.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { wrong } from '../../base/wrong.js';
import { fromCoco, fromMasks } from '../../entries/vision.js';
import type { LabelledDataset, MaskDataset } from '../../entries/vision.js';
import { readBytes, readFolder } from '../files.js';
import { readLabels } from '../labels.js';
import { beside, isFolder, photosIn } from './photos-in.js';
import { JUDGED, readYolo, readYoloParts } from './yolo-folder.js';

/** What the command line says beside the path. */
export interface LabelledOptions {
  /** The folder of a COCO file's photos. Default: that of the file, or `images` in it. */
  readonly images?: string | undefined;
  /** Names of the classes, where the data says none. */
  readonly names?: readonly string[] | undefined;
  readonly maxPixels?: number | undefined;
}

/** What Roboflow and `receptive scenes` call the file in a folder of photos. */
const IN_FOLDER = ['_annotations.coco.json', 'annotations.json'] as const;

/** COCO's file in a folder. */
const cocoIn = (folder: string): string | undefined => IN_FOLDER.map((name) => join(folder, name)).find((file) => existsSync(file));

/**
 * Photos with boxes: a COCO file, data.yaml of YOLO's texts, or a folder of them.
 * @throws ArgumentError where something is missing; what `fromCoco` and `fromYolo` throw
 */
export async function readBoxes(path: string, { images, names, maxPixels }: LabelledOptions): Promise<LabelledDataset> {
  expectThere(path);
  const file = (isFolder(path) ? cocoIn(path) : undefined) ?? path;
  if (extname(file).toLowerCase() !== '.json') return readYolo(path, names, maxPixels);
  const folder = images ?? dirname(file);
  readFolder('--images', folder);
  const photo = (name: string): string => [join(folder, name), join(folder, 'images', name)].find((each) => existsSync(each)) ?? join(folder, name);
  return fromCoco(readBytes('--data', file), { photo, maxPixels });
}

/** Photos to learn from, and those that are made to judge by where the data has such a part. */
export interface LabelledParts {
  readonly train: LabelledDataset;
  readonly validation?: LabelledDataset | undefined;
}

/**
 * Photos with boxes as `readBoxes` reads them, in two parts: folders `train` and `valid` with a COCO file each, or the parts of data.yaml.
 * @throws what `readBoxes` throws
 */
export async function readBoxParts(path: string, options: LabelledOptions): Promise<LabelledParts> {
  expectThere(path);
  if (extname(path).toLowerCase() === '.json' || cocoIn(path) !== undefined) return { train: await readBoxes(path, options) };
  if (cocoIn(join(path, 'train')) === undefined) return readYoloParts(path, options.names, options.maxPixels);
  const judged = JUDGED.map((name) => join(path, name)).find((folder) => cocoIn(folder) !== undefined);
  return { train: await readBoxes(join(path, 'train'), options), validation: judged === undefined ? undefined : await readBoxes(judged, options) };
}

/** The same of photos with masks: folders `train` and `val`, each with `images` and `masks`, or one with both. */
export function readMaskParts(path: string, options: MaskOptions): LabelledParts {
  const [train, judged] = [join(path, 'train'), JUDGED.map((name) => join(path, name)).find(isFolder)];
  if (!isFolder(train) || judged === undefined) return { train: readMasks(path, options) };
  return { train: readMasks(train, options), validation: readMasks(judged, options) };
}

/** What readers of masks are told. */
export type MaskOptions = LabelledOptions & { readonly ignore?: number | undefined };

/**
 * Photos in a folder `images` with a PNG of the same name each in a folder `masks`. `classes.txt` there, or in the folder around it, names the classes.
 * @throws ArgumentError where something is missing; what `fromMasks` throws
 */
export function readMasks(path: string, { names, ignore, maxPixels }: MaskOptions): MaskDataset {
  expectThere(path);
  if (!isFolder(path)) wrong(`--data: ${path}`, 'a folder with folders images and masks', 'a file');
  const [images, masks] = ['images', 'masks'].map((name) => join(path, name)) as [string, string];
  for (const folder of [images, masks]) if (!isFolder(folder)) wrong('--data', 'folders images and masks', `no folder ${folder}`);
  const own = [path, dirname(path)].map((folder) => join(folder, 'classes.txt')).find((file) => existsSync(file));
  const classes = own !== undefined ? readLabels(own) : (names ?? wrong('--data', 'names of the classes', `none in ${path}`, { hint: 'write them to classes.txt, one a line, or give --labels' }));
  const examples = photosIn('--data', images).map((name) => {
    const mask = beside(masks, name, '.png') ?? wrong(`--data: ${name}`, 'a mask of the same name', `none in ${masks}`, { hint: 'a.png in masks belongs to a.jpg in images' });
    return { name, image: join(images, name), mask: () => Promise.resolve(readFileSync(mask)) };
  });
  return fromMasks(examples, { classes, ignore, maxPixels });
}

function expectThere(path: string): void {
  if (!existsSync(path)) wrong('--data', 'a folder or a file', `no such file: ${path}`, { hint: 'check the path' });
}
