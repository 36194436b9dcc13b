/** Photos and frames of the camera: decoded, made small and convolved by the product, off the page's thread. */
import { expose, transfer } from 'comlink';
import { conv2d, decodeImage, graph, input, load, preprocess, resize } from 'receptive/inline';
import type { InlineModel, RgbImage } from 'receptive/inline';
import type { Filter, PhotoAnswer, Shot } from './photo.js';
import { numbersOf } from './numbers.js';
import type { Pixels } from '../ui/picture.js';

async function answer<T>(work: () => Promise<T>): Promise<PhotoAnswer<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    // Classes do not pass: what a learner is told follows from the code.
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { error: { code: typeof code === 'string' ? code : 'engine', message: String(message) } };
  }
}

/** At most so many pixels a side, proportions kept. */
async function small(photo: Blob | ImageBitmap, longest: number): Promise<RgbImage> {
  const image = await decodeImage(photo);
  if ('close' in photo) photo.close();
  const scale = Math.min(1, longest / Math.max(image.width, image.height));
  return scale < 1 ? resize(image, Math.max(1, Math.round(image.width * scale)), Math.max(1, Math.round(image.height * scale))) : image;
}

let kept: { readonly key: string; readonly model: InlineModel } | undefined;

/** The layer asked for last is kept: a camera asks for it again and again. */
async function layerOf({ weight, bias, maps, groups, side }: Filter, height: number, width: number): Promise<InlineModel> {
  const key = [height, width, maps, groups, side, bias, weight.join()].join(' ');
  if (kept?.key === key) return kept.model;
  const x = input([1, 3, height, width]);
  const y = conv2d(3, maps, side, { groups, padding: Math.floor(side / 2), name: 'conv' })(x);
  const weights = { 'conv.weight': numbersOf(weight, [maps, 3 / groups, side, side]), 'conv.bias': numbersOf(new Float32Array(maps).fill(bias), [maps]) };
  const model = await load(graph({ x }, { y }), { weights });
  kept?.model.dispose();
  kept = { key, model };
  return model;
}

/** Planes of numbers as pixels; what is below 0 or above 255 is cut, as a screen does. */
function pixelsOf(planes: readonly Float32Array[], width: number, height: number): Pixels {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let c = 0; c < 3; c++) {
    const plane = planes[c % planes.length]!;
    for (let at = 0; at < plane.length; at++) data[4 * at + c] = plane[at]!;
  }
  return { data, width, height, channels: 4 };
}

async function apply(photo: Blob | ImageBitmap, longest: number, filter: Filter): Promise<PhotoAnswer<Shot>> {
  const done = await answer(async (): Promise<Shot> => {
    const { data, width, height } = await small(photo, longest);
    const x = preprocess({ data, width, height }, { scale: 1 });
    const y = (await layerOf(filter, height, width)).run({ x })['y']!;
    const [, maps = 1, rows = 1, columns = 1] = y.shape;
    const plane = (at: number): Float32Array => (y.data as Float32Array).subarray(at * rows * columns, (at + 1) * rows * columns);
    const whole = Array.from({ length: maps }, (_, at) => plane(at));
    const before = pixelsOf([0, 1, 2].map((c) => (x.data as Float32Array).subarray(c * width * height, (c + 1) * width * height)), width, height);
    return { before, after: filter.groups === 3 ? [pixelsOf(whole, columns, rows)] : whole.map((one) => pixelsOf([one], columns, rows)) };
  });
  return done.error ? done : transfer(done, [done.value.before, ...done.value.after].map(({ data }) => (data as Uint8ClampedArray).buffer as ArrayBuffer));
}

export interface PhotoWorker {
  apply: typeof apply;
}

expose({ apply } satisfies PhotoWorker);
