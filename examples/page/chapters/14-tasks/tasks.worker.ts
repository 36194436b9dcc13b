/** The scene of digits, and what three networks say of it. */
import { expose } from 'comlink';
import { load, overlay } from 'receptive/inline';
import type { DetectedBox, InlineModel, RgbImage, Tensor } from 'receptive/inline';
import { readDigits, scenes } from 'receptive/train/inline';
import type { SceneBox } from 'receptive/train/inline';
import { answer } from '../../engine/answer.js';
import type { Done } from '../../engine/answer.js';
import { PALETTE } from './palette.js';
import { agrees, suppressionOf } from './suppression.js';
import type { Suppression } from './suppression.js';

/** RGB as a canvas takes it, one byte a channel. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3;
}

export interface SceneShown {
  readonly pixels: Pixels;
  /** What is on it: the answer that a network should give. */
  readonly truth: readonly SceneBox[];
}

/** The likeliest class of each digit, cut out by its true box. */
export interface Named {
  readonly box: SceneBox;
  readonly pixels: Pixels;
  readonly index: number;
  readonly probability: number;
}

export interface Segmented {
  readonly pixels: Pixels;
  readonly classes: readonly { readonly index: number; readonly label: string | undefined; readonly share: number }[];
}

/** Left and top edges and sizes in pixels. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Yolo {
  /** What is kept, each with the cell that answers for it, counted by rows. */
  readonly boxes: readonly (DetectedBox & { readonly cell: number })[];
  /** Cells along each side. */
  readonly cells: number;
  readonly suppression: Suppression;
}

export interface TwoStages {
  readonly proposals: readonly Region[];
  /** Index is the digit. */
  readonly boxes: readonly DetectedBox[];
}

export type Task = 'class' | 'boxes' | 'regions' | 'pixels';
/** One line a network; another task is another line. */
const FILES: Readonly<Record<Task, string>> = {
  class: new URL('../../../assets/scenes/lenet5.safetensors', import.meta.url).href,
  boxes: new URL('../../../assets/scenes/tiny-yolo.safetensors', import.meta.url).href,
  regions: new URL('../../../assets/scenes/tiny-faster-rcnn.safetensors', import.meta.url).href,
  pixels: new URL('../../../assets/scenes/unet.safetensors', import.meta.url).href,
};

/** Digits of MNIST's test part: no network has learned from them. */
const DIGITS = [
  new URL('../../../assets/digits/t10k-images-idx3-ubyte.gz', import.meta.url).href, new URL('../../../assets/digits/t10k-labels-idx1-ubyte.gz', import.meta.url).href,
] as const;

/** The regions of the first stage are an output as well. */
const OUTPUTS: Partial<Readonly<Record<Task, readonly string[]>>> = { regions: ['boxes', 'scores', 'labels', 'count', 'rpn.proposals'] };

const models = new Map<Task, Promise<InlineModel>>();

function modelOf(task: Task): Promise<InlineModel> {
  const found = models.get(task) ?? load(FILES[task], { outputs: OUTPUTS[task] });
  models.set(task, found);
  found.catch(() => models.delete(task)); // the next one tries again
  return found;
}

async function bytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw Object.assign(new Error(`HTTP ${response.status}`), { code: 'offline' });
  return new Uint8Array(await response.arrayBuffer());
}

let all: Promise<ReturnType<typeof scenes>> | undefined;

async function read(): Promise<ReturnType<typeof scenes>> {
  const [images, labels] = await Promise.all(DIGITS.map(bytes));
  return scenes({ digits: await readDigits(images!, labels!), seed: 17, perScene: [2, 5] });
}

async function sceneOf(number: number): Promise<ReturnType<ReturnType<typeof scenes>['at']>> {
  all ??= read();
  all.catch(() => (all = undefined));
  return (await all).at(number);
}

function rgb(grey: Uint8Array, width: number, height: number): RgbImage & { readonly channels: 3 } {
  const data = new Uint8Array(3 * grey.length);
  grey.forEach((value, at) => data.fill(value, 3 * at, 3 * at + 3));
  return { data, width, height, channels: 3 };
}

async function scene(number: number): Promise<SceneShown> {
  const { image, width, height, boxes } = await sceneOf(number);
  return { pixels: rgb(image, width, height), truth: boxes };
}

/** A square around a box, as much larger as MNIST's images are than their digits; beyond the border its last pixel repeats. */
function cut(image: Uint8Array, width: number, height: number, box: SceneBox): ReturnType<typeof rgb> {
  const side = Math.round((Math.max(box.width, box.height) * 28) / 20);
  const [left, top] = [Math.round(box.left + (box.width - side) / 2), Math.round(box.top + (box.height - side) / 2)];
  const grey = new Uint8Array(side * side);
  const inside = (at: number, size: number): number => Math.min(size - 1, Math.max(0, at));
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) grey[y * side + x] = image[inside(top + y, height) * width + inside(left + x, width)]!;
  return rgb(grey, side, side);
}

async function name(number: number): Promise<readonly Named[]> {
  const [{ image, width, height, boxes }, model] = [await sceneOf(number), await modelOf('class')];
  const named: Named[] = [];
  for (const box of boxes) {
    const pixels = cut(image, width, height, box);
    const { top } = await model.classify(pixels, { topK: 1 });
    named.push({ box, pixels, index: top[0]!.index, probability: top[0]!.probability });
  }
  return named;
}

/** As many as the detector has cells. */
const MOST = 256;

const inputOf = (image: Uint8Array, width: number, height: number): Tensor => ({ dtype: 'float32', shape: [1, 1, height, width], data: Float32Array.from(image, (value) => value / 255) });

/** The cell whose score a box has. Output: [1, 4 + classes, cells]. */
function cellOf({ data, shape }: Tensor, { index, score }: DetectedBox): number {
  const cells = shape[2]!;
  return data.subarray((4 + index) * cells, (5 + index) * cells).indexOf(score);
}

async function detect(number: number, score: number, iou: number): Promise<Yolo> {
  const [{ image, width, height }, model] = [await sceneOf(number), await modelOf('boxes')];
  const photo = rgb(image, width, height);
  const { boxes } = await model.detect(photo, { score, iou, max: MOST });
  const suppression = suppressionOf((await model.detect(photo, { score, iou: 1, max: MOST })).boxes, iou);
  if (!agrees(suppression, boxes)) throw new Error('the steps of suppression keep other boxes than the detector');
  const output = model.run(inputOf(image, width, height))['output']!;
  return { boxes: boxes.map((box) => ({ ...box, cell: cellOf(output, box) })), cells: Math.sqrt(output.shape[2]!), suppression };
}

/** Both stages: rows of `rpn.proposals` are image, left, top, right, bottom. */
async function regions(number: number, score: number): Promise<TwoStages> {
  const [{ image, width, height }, model] = [await sceneOf(number), await modelOf('regions')];
  const { data, shape } = model.run(inputOf(image, width, height))['rpn.proposals']!;
  const proposals = Array.from({ length: shape[0]! }, (_, i): Region => {
    const [left, top, right, bottom] = Array.from(data.subarray(5 * i + 1, 5 * i + 5)) as [number, number, number, number];
    return { left, top, width: right - left, height: bottom - top };
  });
  const { boxes } = await model.detect(rgb(image, width, height), { score, max: 100 });
  return { proposals, boxes };
}

/** The shape of what a network gives for N pictures. */
async function shape(task: Task): Promise<string> {
  const { outputs } = await modelOf(task);
  const free = ['N', 'C', 'H', 'W'];
  return outputs.map((output) => `[${output.shape.map((size, i) => size ?? free[i]).join(', ')}]`).join(' ');
}

async function segment(number: number): Promise<Segmented> {
  const [{ image, width, height }, model] = [await sceneOf(number), await modelOf('pixels')];
  const photo = rgb(image, width, height);
  const { mask, classes } = await model.segment(photo);
  return { pixels: { ...overlay(photo, mask, { palette: PALETTE, opacity: 0.8 }), channels: 3 }, classes };
}

const tasks = {
  scene: (number: number): Promise<Done<SceneShown>> => answer(() => scene(number)),
  name: (number: number): Promise<Done<readonly Named[]>> => answer(() => name(number)),
  detect: (number: number, score: number, iou: number): Promise<Done<Yolo>> => answer(() => detect(number, score, iou)),
  regions: (number: number, score: number): Promise<Done<TwoStages>> => answer(() => regions(number, score)),
  shape: (task: Task): Promise<Done<string>> => answer(() => shape(task)),
  segment: (number: number): Promise<Done<Segmented>> => answer(() => segment(number)),
};

export type Tasks = typeof tasks;

expose(tasks);
