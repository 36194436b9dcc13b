import type { ByteSource } from '../formats/stored.js';
import type { Runnable } from '../session/runnable.js';
import type { SessionOptions } from '../session/session.js';
import type { Instance } from '../wasm/instance.js';
import type { ModelDescription } from './model-file.js';

/** A model that was read, and how it starts in an engine. */
export interface Content {
  readonly start: (instance: Instance, options: Pick<SessionOptions, 'algorithm' | 'plan'>) => Runnable;
  readonly described?: Partial<ModelDescription>;
}

/** A model's file, opened. */
export interface ModelFile {
  readonly source: ByteSource;
  /** What it is called, for messages too. */
  readonly place: string;
  /** What the model is to give in place of its own outputs. */
  readonly outputs: readonly string[] | undefined;
  /** Opens a file that the model keeps weights in, by the name it has for it. */
  readonly beside: (location: string) => Promise<ByteSource>;
}

/** Reads one kind of model file. Entries choose which readers there are: each is code that is downloaded. */
export interface ModelReader {
  /** Whether the file is of this kind, by its first bytes and its name. */
  accepts(file: ModelFile): boolean;
  /** @throws FormatError, WeightsError, UnsupportedError for what is wrong with it */
  read(file: ModelFile): Content | Promise<Content>;
}
