// What a COCO file of instances says, checked entry by entry (Lin et al. 2014, arXiv 1405.0312; cocodataset.org, "Data format").
import { FormatError } from '../base/errors.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import type { Box } from '../metrics/box.js';
import type { ImageId } from '../metrics/coco.js';
import { expectPolygon } from '../metrics/polygon.js';
import { MAX_PIXELS } from '../metrics/rle.js';
import { rleFromCoco } from '../metrics/rle-text.js';
import type { CocoRle } from '../metrics/rle-text.js';
import type { Rle } from '../metrics/rle.js';
import { arrayKind, isBuffer } from '../tensor/arrays.js';
import { textIn } from './content.js';
import { expectInside } from './labelled.js';

/** An object as the file has it. */
export interface CocoAnnotation {
  /** Absent: that around the segmentation. */
  readonly box: Box | undefined;
  readonly index: number;
  readonly crowd: boolean;
  readonly area: number | undefined;
  readonly polygons: readonly (readonly number[])[] | undefined;
  readonly runs: Rle | undefined;
}

/** A photo as the file has it. */
export interface CocoImage {
  readonly id: ImageId;
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly annotations: readonly CocoAnnotation[];
}

interface CocoFile {
  readonly images: readonly CocoImage[];
  readonly classes: readonly string[];
  readonly categories: readonly number[];
}

/** An entry of the file: nothing of it is known. */
type Entry = Readonly<Record<string, unknown>>;

const fail = (place: string, expected: string, got: unknown): never => wrong(place, expected, typeof got === 'object' && got !== null ? JSON.stringify(got).slice(0, 60) : showValue(got), { as: FormatError });

/** @throws as `fromCoco` */
export async function readCoco(file: unknown): Promise<CocoFile> {
  const content = await contentOf(file);
  const { classes, categories } = categoriesOf(entries(content, 'categories'));
  const images = new Map<ImageId, CocoImage & { readonly annotations: CocoAnnotation[] }>();
  for (const [place, entry] of entries(content, 'images')) {
    const image = imageOf(entry, place);
    if (images.has(image.id)) fail(`${place}: id`, 'each number once', image.id);
    images.set(image.id, image);
  }
  for (const [at, entry] of entries(content, 'annotations')) {
    const place = entry['id'] === undefined ? at : `${at} (id ${showValue(entry['id'])})`;
    const image = images.get(entry['image_id'] as ImageId) ?? fail(`${place}: image_id`, 'the number of an image in the file', entry['image_id']);
    const index = categories.indexOf(entry['category_id'] as number);
    if (index < 0) fail(`${place}: category_id`, 'the number of a category in the file', entry['category_id']);
    image.annotations.push(annotationOf(entry, index, image, place));
  }
  return { images: [...images.values()], classes, categories };
}

async function contentOf(file: unknown): Promise<Entry> {
  const isFile = typeof file === 'string' || file instanceof Blob || arrayKind(file) !== undefined || isBuffer(file);
  const content: unknown = isFile ? parse(await textIn(file, 'annotations')) : file;
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return fail('annotations', 'an object with images, annotations and categories', content);
  return content as Entry;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const hint = 'give the text of the file, its bytes, or what JSON.parse made of it; a path is not read';
    return wrong('annotations', 'JSON', cause instanceof Error ? cause.message : String(cause), { as: FormatError, cause, hint });
  }
}

function* entries(content: Entry, name: string): Generator<readonly [place: string, entry: Entry]> {
  const list = content[name];
  if (!Array.isArray(list)) return fail(`annotations: ${name}`, 'a list', list);
  for (const [i, entry] of (list as readonly unknown[]).entries()) {
    if (typeof entry !== 'object' || entry === null) fail(`${name}[${i}]`, 'an object', entry);
    yield [`${name}[${i}]`, entry as Entry];
  }
}

function categoriesOf(list: Iterable<readonly [place: string, entry: Entry]>): Pick<CocoFile, 'classes' | 'categories'> {
  const found = new Map<number, string>();
  for (const [place, { id, name }] of list) {
    if (!Number.isSafeInteger(id)) fail(`${place}: id`, 'a whole number', id);
    if (typeof name !== 'string' || name === '') fail(`${place}: name`, 'a name', name);
    if (found.has(id as number)) fail(`${place}: id`, 'each number once', id);
    if ([...found.values()].includes(name as string)) fail(`${place}: name`, 'each name once', name);
    found.set(id as number, name as string);
  }
  if (found.size === 0) wrong('annotations: categories', 'at least one', 'none', { as: FormatError });
  const sorted = [...found].sort(([a], [b]) => a - b);
  return { categories: sorted.map(([id]) => id), classes: sorted.map(([, name]) => name) };
}

function imageOf({ id, file_name: name, width, height }: Entry, place: string): CocoImage & { readonly annotations: CocoAnnotation[] } {
  if (!(Number.isSafeInteger(id) || (typeof id === 'string' && id !== ''))) fail(`${place}: id`, 'a number or text', id);
  if (typeof name !== 'string' || name === '') fail(`${place}: file_name`, 'the name of a file', name);
  for (const [side, value] of Object.entries({ width, height })) {
    if (!(Number.isSafeInteger(value) && (value as number) >= 1)) fail(`${place}: ${side}`, 'a whole number from 1 on', value);
  }
  if ((width as number) * (height as number) > MAX_PIXELS) fail(place, `at most ${MAX_PIXELS} pixels`, [width, height]);
  return { id: id as ImageId, name: name as string, width: width as number, height: height as number, annotations: [] };
}

function annotationOf({ bbox, iscrowd, area, segmentation }: Entry, index: number, image: CocoImage, place: string): CocoAnnotation {
  if (![undefined, 0, 1, false, true].includes(iscrowd as number)) fail(`${place}: iscrowd`, '0 or 1', iscrowd);
  if (!(area === undefined || area === null || (Number.isFinite(area) && (area as number) >= 0))) fail(`${place}: area`, 'a number from 0 on', area);
  const { polygons, runs } = segmentationOf(segmentation, image, `${place}: segmentation`);
  const box = bbox === undefined || bbox === null ? undefined : boxOf(bbox, image, `${place}: bbox`);
  if (!box && !polygons && !runs) wrong(place, 'bbox or segmentation', 'neither', { as: FormatError });
  return { box, index, crowd: Boolean(iscrowd), area: (area as number | null | undefined) ?? undefined, polygons, runs };
}

function boxOf(bbox: unknown, image: CocoImage, place: string): Box {
  const numbers = Array.isArray(bbox) && bbox.length === 4 && bbox.every(Number.isFinite) ? (bbox as [number, number, number, number]) : fail(place, 'four numbers: left, top, width, height', bbox);
  const [left, top, width, height] = numbers;
  if (width < 0 || height < 0) fail(place, 'a width and height from 0 on', bbox);
  const box = { left, top, width, height };
  expectInside(box, image, place);
  return box;
}

function segmentationOf(value: unknown, image: CocoImage, place: string): Partial<Pick<CocoAnnotation, 'polygons' | 'runs'>> {
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return {};
  if (Array.isArray(value)) {
    const polygons = value as readonly (readonly number[])[];
    polygons.forEach((polygon, i) => expectPolygon(polygon, `${place}: polygon ${i}`));
    return { polygons };
  }
  const runs = rleFromCoco(value as CocoRle, place);
  if (runs.width !== image.width || runs.height !== image.height) wrong(place, `a mask of ${image.width} x ${image.height}, as its image`, `${runs.width} x ${runs.height}`, { as: FormatError });
  return { runs };
}
