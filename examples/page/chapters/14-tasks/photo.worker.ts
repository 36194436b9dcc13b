/** A photo, and what a detector of 80 things and a segmenter of persons say of it. */
import { expose, transfer } from 'comlink';
import { decodeImage, load, overlay, resize } from 'receptive/inline';
import type { DetectedBox, InlineModel, RgbImage } from 'receptive/inline';
import { answer } from '../../engine/answer.js';
import type { Done } from '../../engine/answer.js';
import { PALETTE } from './palette.js';

const FILES = [new URL('../../../assets/nanodet.safetensors', import.meta.url).href, new URL('../../../assets/selfie.safetensors', import.meta.url).href] as const;

/** Longest side of what is shown. */
const LONGEST = 640;

/** RGBA, as a canvas takes it without another loop over the pixels. */
export interface Shown {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  readonly channels: 4;
}

export interface PhotoShown {
  readonly pixels: Shown;
  /** Of the photo itself: boxes are in its pixels. */
  readonly width: number;
  readonly height: number;
}

export interface Persons {
  readonly pixels: Shown;
  /** Part of the photo that is a person. */
  readonly share: number;
}

let nets: readonly [detector: InlineModel, segmenter: InlineModel] | undefined;
let photo: RgbImage | undefined;

/** @param onProgress - told how many bytes of both files have come, and of how many once that is known */
async function open(onProgress: (bytes: number, total: number | undefined) => void): Promise<void> {
  const come = FILES.map((): readonly [number, number | undefined] => [0, undefined]);
  const [detector, segmenter] = await Promise.all(FILES.map((file, i) => load(file, {
    onProgress: (bytes, total) => {
      come[i] = [bytes, total];
      onProgress(come[0]![0] + come[1]![0], come.every(([, of]) => of !== undefined) ? come[0]![1]! + come[1]![1]! : undefined);
    },
  })));
  nets = [detector!, segmenter!];
}

function opened(): { readonly detector: InlineModel; readonly segmenter: InlineModel; readonly image: RgbImage } {
  if (!nets || !photo) throw new Error('the networks or the photo are not open');
  return { detector: nets[0], segmenter: nets[1], image: photo };
}

function shown(image: RgbImage): Shown {
  const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
  const { data, width, height } = scale < 1 ? resize(image, Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale))) : image;
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let at = 0; at < width * height; at++) for (let c = 0; c < 3; c++) rgba[4 * at + c] = data[3 * at + c]!;
  return { data: rgba, width, height, channels: 4 };
}

async function take(file: Blob): Promise<PhotoShown> {
  photo = await decodeImage(file);
  return { pixels: shown(photo), width: photo.width, height: photo.height };
}

async function detect(score: number, iou: number): Promise<readonly DetectedBox[]> {
  const { detector, image } = opened();
  return (await detector.detect(image, { score, iou })).boxes;
}

async function persons(): Promise<Persons> {
  const { segmenter, image } = opened();
  const { mask, classes } = await segmenter.segment(image);
  return { pixels: shown(overlay(image, mask, { palette: PALETTE, opacity: 0.6 })), share: classes.find(({ label }) => label === 'person')?.share ?? 0 };
}

/** Pixels are given away, not copied. */
async function giving<T extends { readonly pixels: Shown }>(work: Promise<Done<T>>): Promise<Done<T>> {
  const done = await work;
  return 'value' in done ? transfer(done, [done.value.pixels.data.buffer]) : done;
}

const tasks = {
  open: (onProgress: (bytes: number, total: number | undefined) => void): Promise<Done<void>> => answer(() => open(onProgress)),
  take: (file: Blob): Promise<Done<PhotoShown>> => giving(answer(() => take(file))),
  detect: (score: number, iou: number): Promise<Done<readonly DetectedBox[]>> => answer(() => detect(score, iou)),
  persons: (): Promise<Done<Persons>> => giving(answer(persons)),
};

export type PhotoTasks = typeof tasks;

expose(tasks);
