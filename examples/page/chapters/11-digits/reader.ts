/** Reads drawings with LeNet: each is prepared as MNIST's digits were, then classified in a worker. */
import { load } from 'receptive';
import type { Model } from 'receptive';
import { digit } from 'receptive/train';
import { kept } from '../../engine/offline.js';

const FILE = new URL('../../../assets/lenet5.safetensors', import.meta.url);

/** Side of what the network sees. */
export const PIXELS = 28;

/** What is read at one place. */
export interface Reading {
  /** What the network sees, as bytes. */
  readonly seen: Uint8Array;
  /** Probabilities of the digits 0 to 9. */
  readonly chances: readonly number[];
  /** The likeliest. */
  readonly best: number;
}

export async function loadReader(): Promise<Model> {
  await kept;
  return load(FILE);
}

const known = new WeakMap<ImageData, Promise<Reading>>();

/** The same pixels are read once. @throws what `classify` throws */
export function read(model: Model, image: ImageData): Promise<Reading> {
  const found = known.get(image);
  if (found) return found;
  const reading = readAnew(model, image);
  known.set(image, reading);
  reading.catch(() => known.delete(image));
  return reading;
}

async function readAnew(model: Model, image: ImageData): Promise<Reading> {
  const seen = Uint8Array.from(digit({ data: image.data, width: image.width, height: image.height, channels: 4 }).data, (ink) => Math.round(255 * ink));
  const { top } = await model.classify({ data: seen, width: PIXELS, height: PIXELS, channels: 1 }, { topK: 10 });
  const chances = Array.from({ length: 10 }, (_, value) => top.find(({ index }) => index === value)?.probability ?? 0);
  return { seen, chances, best: top[0]!.index };
}
