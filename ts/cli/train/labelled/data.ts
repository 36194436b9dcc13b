import { wrong } from '../../../base/wrong.js';
import { tensor } from '../../../entries/index.js';
import type { Dataset } from '../../../entries/train-inline.js';
import type { LabelledDataset } from '../../../entries/vision.js';
import { readBoxParts, readMaskParts } from '../../labelled/read.js';
import type { LabelledParts, MaskOptions } from '../../labelled/read.js';
import type { Training } from '../training.js';
import type { Answering, Example, Learned, LabelledTask } from './task.js';

/** How the parts are made. */
export interface PartOptions extends MaskOptions {
  /** Part or number of photos to judge by; 0 for none. Default: a part that the data has itself, else a tenth. */
  readonly validation: number | undefined;
  readonly seed: number;
}

const PART = 0.1;

/**
 * Labelled photos behind `--data`, split by seed where the data has no part of its own to judge by.
 * @throws what the readers throw; ArgumentError for a split that leaves nothing to learn from
 */
export async function readParts(training: Training, task: 'detect' | 'segment', path: string, { validation: part, seed, ...options }: PartOptions): Promise<LabelledParts> {
  const { train: all, validation: own } = task === 'detect' ? await readBoxParts(path, options) : readMaskParts(path, options);
  if (part === 0) return { train: all, validation: undefined };
  if (own && part === undefined) return { train: all, validation: own };
  const wanted = part ?? PART;
  const count = wanted < 1 ? Math.max(1, Math.round(wanted * all.length)) : wanted;
  if (count >= all.length) {
    wrong('--validation', `less than the ${all.length} photos that there are`, String(count), { hint: '--validation 0 learns from all of them' });
  }
  const order = training.seededRandom(seed).permutation(0, all.length);
  return { train: some(all, order.subarray(count)), validation: some(all, order.subarray(0, count)) };
}

/** The photos at some places. */
function some(data: LabelledDataset, places: Uint32Array): LabelledDataset {
  const get = (index: number): ReturnType<LabelledDataset['get']> => data.get(places[index]!);
  return {
    length: places.length, classes: data.classes, ignore: data.ignore, get,
    async *[Symbol.asyncIterator]() {
      for (let i = 0; i < places.length; i++) yield await get(i);
    },
  };
}

/** Photos that are kept as the network sees them take at most so many bytes: reading them again would take longer than a step. */
const KEPT_BYTES = 2 ** 28;

/** Labelled photos as batches. */
export function batches<Truth, Model extends Answering>(training: Training, task: LabelledTask<Truth, Model>, data: LabelledDataset, learned: Learned): Dataset {
  const [height, width] = learned.size;
  const pixels = 3 * height * width;
  const kept = 4 * pixels * data.length <= KEPT_BYTES ? new Map<number, Example<Truth>>() : undefined;
  const example = async (index: number): Promise<Example<Truth>> => {
    const there = kept?.get(index);
    if (there) return there;
    const made = task.example(await data.get(index), learned);
    kept?.set(index, made);
    return made;
  };
  return {
    length: data.length, classes: data.classes,
    async get(indices) {
      const examples: Example<Truth>[] = [];
      for (const index of Array.from(indices)) examples.push(await example(index));
      const x = new Float32Array(examples.length * pixels);
      examples.forEach((one, i) => x.set(one.x, i * pixels));
      const y = task.targets(training, examples.map(({ truth }) => truth), learned);
      return { x: tensor(x, [examples.length, 3, height, width]), y };
    },
  };
}
