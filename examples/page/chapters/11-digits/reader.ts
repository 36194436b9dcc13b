/** Reads drawings with LeNet, in a worker of the chapter. */
import { wrap } from 'comlink';
import type { Remote } from 'comlink';
import { ComputeError } from '../../engine/compute-error.js';
import { endWorker, failureOf } from '../../engine/failure.js';
import { kept } from '../../engine/offline.js';
import type { LayerSheet } from './layers.js';
import type { ReaderWork } from './reader.worker.js';

const FILE = new URL('../../../assets/lenet5.safetensors', import.meta.url).href;

/** What is read at one place. */
export interface Reading {
  /** What the network sees, as bytes: side x side. */
  readonly seen: Uint8Array;
  readonly side: number;
  /** Probabilities of the digits 0 to 9. */
  readonly chances: readonly number[];
  /** The likeliest. */
  readonly best: number;
}

interface Told {
  readonly code: string;
  readonly message: string;
}

export type Opened = { readonly error?: Told };
export type Read = { readonly reading: Reading; readonly error?: undefined } | { readonly error: Told };
export type Layered = { readonly sheets: readonly LayerSheet[]; readonly error?: undefined } | { readonly error: Told };

export class Reader {
  private readonly known = new WeakMap<ImageData, Promise<Reading>>();

  private constructor(private readonly worker: Worker, private readonly remote: Remote<ReaderWork>, private readonly failed: Promise<never>) {}

  /** @throws ComputeError */
  static async open(): Promise<Reader> {
    await kept;
    const worker = new Worker(new URL('./reader.worker.ts', import.meta.url), { type: 'module', name: 'reader' });
    const failed = failureOf(worker);
    const reader = new Reader(worker, wrap<ReaderWork>(worker), failed);
    try {
      const { error } = await Promise.race([reader.remote.open(FILE), failed]);
      if (error) throw new ComputeError(error);
    } catch (error) {
      reader.end();
      throw error;
    }
    return reader;
  }

  /** The same pixels are read once. @throws ComputeError */
  read(image: ImageData): Promise<Reading> {
    const found = this.known.get(image) ?? this.readAnew(image);
    this.known.set(image, found);
    return found;
  }

  /** What each layer answers to a drawing. @throws ComputeError */
  async look(image: ImageData): Promise<readonly LayerSheet[]> {
    const answer = await Promise.race([this.remote.look(image), this.failed]);
    if (answer.error) throw new ComputeError(answer.error);
    return answer.sheets;
  }

  end(): void {
    endWorker(this.worker);
  }

  private async readAnew(image: ImageData): Promise<Reading> {
    const answer = await Promise.race([this.remote.read(image), this.failed]);
    if (answer.error) throw new ComputeError(answer.error);
    return answer.reading;
  }
}
