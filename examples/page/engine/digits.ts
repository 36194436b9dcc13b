/** Handwritten digits of MNIST, fetched when a chapter asks for them. */
import { fromIdx } from 'receptive/train';
import type { StoredDataset } from 'receptive/train';
import { NORMALIZE } from './normalize.js';
import { kept } from './offline.js';

const FILES = {
  train: [new URL('../../../.cache/digits/train-images.gz', import.meta.url).href, new URL('../../../.cache/digits/train-labels.gz', import.meta.url).href],
  test: [new URL('../../../.cache/digits/test-images.gz', import.meta.url).href, new URL('../../../.cache/digits/test-labels.gz', import.meta.url).href],
  few: [new URL('../../../.cache/digits/few-images.gz', import.meta.url).href, new URL('../../../.cache/digits/few-labels.gz', import.meta.url).href],
} as const;

/** 10,000 to learn from, 1,000 others to judge by, or 64. */
export type DigitsName = keyof typeof FILES;

const NAMES = [...'0123456789'];

async function file(url: string): Promise<Blob> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP ${response.status}: ${url}`);
  return response.blob();
}

/** Digits, their pixels normalised. @throws TypeError or Error where they cannot be fetched */
export async function digits(name: DigitsName): Promise<StoredDataset> {
  await kept;
  const [images, labels] = await Promise.all(FILES[name].map(file));
  return fromIdx(images!, labels!, { normalize: NORMALIZE, classes: NAMES });
}
