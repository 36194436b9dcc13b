/** The scene of digits, and what three networks say of it. */
import { expose } from 'comlink';
import { colours, load, overlay } from 'receptive/inline';
import type { DetectedBox, InlineModel, RgbImage } from 'receptive/inline';
import { readDigits, scenes } from 'receptive/train/inline';
import type { SceneBox } from 'receptive/train/inline';

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

type Task = 'class' | 'boxes' | 'pixels';
type Done<T> = { readonly value: T } | { readonly error: { readonly code: string; readonly message: string } };

/** One line a network; another task is another line. */
const FILES: Readonly<Record<Task, string>> = {
  class: new URL('../../../assets/scenes/lenet5.safetensors', import.meta.url).href,
  boxes: new URL('../../../assets/scenes/tiny-yolo.safetensors', import.meta.url).href,
  pixels: new URL('../../../assets/scenes/unet.safetensors', import.meta.url).href,
};

/** Digits of MNIST's test part: no network has learned from them. */
const DIGITS = [
  new URL('../../../assets/digits/t10k-images-idx3-ubyte.gz', import.meta.url).href, new URL('../../../assets/digits/t10k-labels-idx1-ubyte.gz', import.meta.url).href,
] as const;

/** Classes do not pass: what a learner is told follows from the code. */
async function answer<T>(work: () => T | Promise<T>): Promise<Done<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { error: { code: typeof code === 'string' ? code : 'engine', message: String(message) } };
  }
}

const models = new Map<Task, Promise<InlineModel>>();

function modelOf(task: Task): Promise<InlineModel> {
  const found = models.get(task) ?? load(FILES[task]);
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

async function detect(number: number, score: number, iou: number): Promise<readonly DetectedBox[]> {
  const [{ image, width, height }, model] = [await sceneOf(number), await modelOf('boxes')];
  return (await model.detect(rgb(image, width, height), { score, iou, max: 100 })).boxes;
}

async function segment(number: number): Promise<Segmented> {
  const [{ image, width, height }, model] = [await sceneOf(number), await modelOf('pixels')];
  const photo = rgb(image, width, height);
  const { mask, classes } = await model.segment(photo);
  return { pixels: { ...overlay(photo, mask, { palette: colours(11), opacity: 0.65 }), channels: 3 }, classes };
}

const tasks = {
  scene: (number: number): Promise<Done<SceneShown>> => answer(() => scene(number)),
  name: (number: number): Promise<Done<readonly Named[]>> => answer(() => name(number)),
  detect: (number: number, score: number, iou: number): Promise<Done<readonly DetectedBox[]>> => answer(() => detect(number, score, iou)),
  segment: (number: number): Promise<Done<Segmented>> => answer(() => segment(number)),
};

export type Tasks = typeof tasks;

expose(tasks);
