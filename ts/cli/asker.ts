import { availableParallelism } from 'node:os';
import { createPool, ReceptiveError } from '../entries/index.js';
import type { ImageInput, Pool, PreprocessOptions } from '../entries/index.js';
import type { PhotoOptions } from './common.js';
import { readLabels } from './labels.js';
import { sourceForTask } from './models.js';

/** What a photo is asked: its classes, what is where on it, or its features. */
export const QUESTIONS = ['classify', 'detect', 'embed'] as const;
export type Question = (typeof QUESTIONS)[number];

/** How photos are asked. */
export interface AskOptions extends PhotoOptions {
  readonly task: Question;
  /** Classes that are named. */
  readonly top: number;
  /** Least score of a box. */
  readonly score?: number;
  readonly preprocess?: PreprocessOptions;
  /** A file of names of the classes. */
  readonly labels?: string;
  /** Photos that are worked on at the same time. Default: as many as the process has cores. */
  readonly workers?: number;
  /** Seconds that a photo may take: an address may never answer. */
  readonly timeout: number;
  readonly variant: 'auto' | 'scalar' | 'simd' | 'relaxed';
}

/** A photo that could not be answered. */
export interface Fault {
  readonly code: string;
  readonly message: string;
}

/** A photo by which a task that the model is not for is an error at once, not one of every photo. */
const PROBE = { data: new Uint8Array(3 * 64 * 64).fill(128), width: 64, height: 64, channels: 3 } as const;

/** A model in several workers, which answers many photos. */
export class Asker implements AsyncDisposable {
  private constructor(
    private readonly pool: Pool,
    private readonly options: AskOptions,
  ) {}

  /** @throws what `createPool` throws, ArgumentError for a name of no model, and UnsupportedError for a task that the model is not for */
  static async open(model: string, options: AskOptions): Promise<Asker> {
    const { workers = availableParallelism(), variant, preprocess } = options;
    const labels = options.labels === undefined ? undefined : readLabels(options.labels);
    const pool = await createPool({ model: sourceForTask(model), size: workers, retry: 1, locations: true, options: { variant, preprocess, labels } });
    const asker = new Asker(pool, options);
    try {
      await asker.answer(PROBE, {});
      return asker;
    } catch (error) {
      await asker[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Photos that are worth having under way: one that is computed and one that waits for each worker. */
  get most(): number {
    return 2 * this.pool.size;
  }

  /** What a line of JSON says about a photo: the same for the same photo, so without times. */
  ask(image: ImageInput): Promise<object> {
    const { maxPixels, timeout } = this.options;
    return this.answer(image, { maxPixels, signal: AbortSignal.timeout(1000 * timeout) });
  }

  private async answer(image: ImageInput, options: { readonly maxPixels?: number | undefined; readonly signal?: AbortSignal }): Promise<object> {
    const { task, top, score } = this.options;
    if (task === 'embed') return { vector: [...(await this.pool.embed(image, options))] };
    if (task === 'classify') return { top: (await this.pool.classify(image, { ...options, topK: top })).top };
    const { boxes } = await this.pool.detect(image, { ...options, score });
    return { boxes: boxes.map(({ mask: _, ...box }) => box) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.dispose();
  }
}

/** An error as a line of JSON says it. */
export function faultOf(error: unknown): Fault {
  return { code: error instanceof ReceptiveError ? error.code : 'unknown', message: error instanceof Error ? error.message : String(error) };
}
