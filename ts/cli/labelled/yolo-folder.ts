// Folders of photos with YOLO's texts, as Ultralytics and Roboflow lay them out.
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { wrong } from '../../base/wrong.js';
import { FormatError } from '../../entries/index.js';
import { fromYolo } from '../../entries/vision.js';
import type { YoloDataset } from '../../entries/vision.js';
import { readBytes, readFolder } from '../files.js';
import { beside, isFolder, photosIn } from './photos-in.js';

/** What data.yaml says. */
interface Described {
  /** Names of the classes, by index. */
  readonly names: readonly string[] | undefined;
  /** The folder of photos to judge by. */
  readonly photos: string;
}

/** What parts are called that are made to judge by. */
export const JUDGED = ['val', 'valid', 'validation', 'test'] as const;
/** All parts, those first that are made to judge by. */
const PARTS = [...JUDGED, 'train'] as const;
type Part = (typeof PARTS)[number];

/**
 * Photos of which each has a text of its name: in a folder `labels` that stands where the photos have `images`, or beside the photo.
 * @param path - data.yaml, or a folder with it, with `images` and `labels`, or with photos and texts
 * @param names - of the classes, where the data says none
 * @param parts - of the data set, of which the first that is there is read
 * @throws ArgumentError where photos or names are missing; what `fromYolo` throws
 */
export function readYolo(path: string, names: readonly string[] | undefined, maxPixels: number | undefined, parts: readonly Part[] = PARTS): YoloDataset {
  const { names: own = names, photos: folder } = described(path, parts);
  const classes = own ?? wrong('--data', 'names of the classes', `none in ${path}`, { hint: 'name them in data.yaml, or by --labels' });
  const photos = photosIn('--data', folder);
  const labels = labelsOf(folder);
  const found = photos.map((name) => ({ name, image: join(folder, name), file: beside(labels, name, '.txt') }));
  if (found.every(({ file }) => file === undefined)) wrong('--data', 'a text for each photo', `none in ${labels}`, { hint: 'a.txt belongs to a.jpg' });
  const examples = found.map(({ name, image, file }) => ({ name, image, labels: file && readBytes('--data', file).toString('utf8') }));
  return fromYolo(examples, { classes, maxPixels });
}

/** The part to learn from, and the one to judge by where there are both; else what there is. */
export function readYoloParts(path: string, names: readonly string[] | undefined, maxPixels: number | undefined): { readonly train: YoloDataset; readonly validation?: YoloDataset } {
  const there = partsOf(path);
  const judged = JUDGED.find((name) => there.includes(name));
  if (!there.includes('train') || judged === undefined) return { train: readYolo(path, names, maxPixels) };
  return { train: readYolo(path, names, maxPixels, ['train']), validation: readYolo(path, names, maxPixels, [judged]) };
}

function partsOf(path: string): readonly Part[] {
  const yaml = yamlOf(path);
  if (yaml === undefined) return PARTS.filter((name) => isFolder(join(path, 'images', name)));
  const content = objectIn(readBytes('--data', yaml).toString('utf8'), `--data: ${yaml}`);
  return PARTS.filter((name) => typeof content[name] === 'string');
}

/** Where the texts of a folder of photos are: the last `images` of its path is `labels` there. */
function labelsOf(folder: string): string {
  const other = resolve(folder).replace(/([\\/])images(?=[\\/]|$)(?!.*[\\/]images(?=[\\/]|$))/, '$1labels');
  return isFolder(other) ? other : folder;
}

/** The file that describes a data set: the path itself, or one in the folder. */
function yamlOf(path: string): string | undefined {
  if (!isFolder(path)) return path;
  const name = readFolder('--data', path).find((each) => /^(data|dataset)\.ya?ml$/.test(each));
  return name === undefined ? undefined : join(path, name);
}

function described(path: string, parts: readonly Part[]): Described {
  const yaml = yamlOf(path);
  if (yaml !== undefined) return fromYaml(yaml, parts);
  return { names: undefined, photos: isFolder(join(path, 'images')) ? partOf(join(path, 'images'), parts) : path };
}

/** The folder itself, or the part of it that is wanted. */
function partOf(folder: string, parts: readonly Part[]): string {
  const part = parts.find((name) => isFolder(join(folder, name)));
  return part === undefined ? folder : join(folder, part);
}

function fromYaml(file: string, parts: readonly Part[]): Described {
  const place = `--data: ${file}`;
  const { path, names, ...rest } = objectIn(readBytes('--data', file).toString('utf8'), place);
  const part = parts.find((name) => typeof rest[name] === 'string') ?? wrong(place, `${parts.join(', ')} with a folder of photos`, 'none of them', { as: FormatError });
  const root = typeof path === 'string' ? path : '.';
  const told = rest[part] as string;
  // Roboflow's path goes up once too often, seen from the file itself.
  const tried = [join(root, told), told, told.replace(/^\.\.[\\/]/, '')].map((each) => (isAbsolute(each) ? each : join(dirname(file), each)));
  const photos = tried.find((each) => existsSync(each)) ?? wrong(`${place}: ${part}`, 'a folder of photos', `nothing at ${tried[0]!}`, { hint: 'check path in the file' });
  if (!isFolder(photos)) wrong(`${place}: ${part}`, 'a folder of photos', 'a file');
  return { names: namesOf(names, `${place}: names`), photos };
}

function objectIn(text: string, place: string): Readonly<Record<string, unknown>> {
  let content: unknown;
  try {
    content = parseYaml(text);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause);
    wrong(place, 'YAML', got, { as: FormatError, cause });
  }
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return content as Readonly<Record<string, unknown>>;
  return wrong(place, 'names and folders', typeof content, { as: FormatError });
}

/** Names by index, from a list or an object. */
function namesOf(names: unknown, place: string): readonly string[] | undefined {
  if (names === undefined || names === null) return undefined;
  const entries = Object.entries(names).map(([index, name]): readonly [number, unknown] => [Number(index), name]);
  const list = Array.from({ length: entries.length }, (_, i) => entries.find(([index]) => index === i)?.[1]);
  const missing = list.findIndex((name) => typeof name !== 'string' && typeof name !== 'number');
  if (entries.length === 0 || missing >= 0) wrong(place, 'a name for each class from 0 on', entries.length === 0 ? 'none' : `none for ${missing}`, { as: FormatError });
  return list.map(String);
}
