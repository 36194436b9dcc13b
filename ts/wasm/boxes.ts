import { EngineError } from '../base/errors.js';
import { failed } from '../base/wrong.js';
import type { BoxesApi, Instance } from './instance.js';

/** What the engine found, in columns of the same length. */
export interface FoundBoxes {
  /** Places among what was given. */
  readonly indices: Uint32Array<ArrayBuffer>;
  /** Of what was scanned, the class of each; of what was suppressed, nothing. */
  readonly classes: Uint32Array<ArrayBuffer>;
  readonly scores: Float32Array<ArrayBuffer>;
}

/**
 * Scans scores; `words` are those of a `ScoreSpec`.
 * @throws EngineError for words that mean nothing, or where memory is too small
 */
export function scanInEngine(instance: Instance, scores: Float32Array, words: readonly number[], threshold: number): FoundBoxes {
  return inEngine('scan', instance, [scores], undefined, (boxes) => [boxes.scan(Uint32Array.from(words), threshold), 3]);
}

/** How boxes are suppressed, beside the words of a `SuppressSpec`. */
export interface SuppressNumbers {
  readonly iou: number;
  readonly sigma?: number;
  /** Scores that are kept are greater. Default: any. */
  readonly floor?: number | undefined;
}

/**
 * Suppresses boxes, `[n, 4]`, by their scores, `[n]`: for each group by itself, or for all.
 * @throws EngineError for words or numbers that mean nothing, or where memory is too small
 */
export function suppressInEngine(
  instance: Instance,
  { boxes, scores, groups }: { readonly boxes: Float32Array; readonly scores: Float32Array; readonly groups?: Uint32Array | undefined },
  words: readonly number[],
  { iou, sigma = 0.5, floor = NaN }: SuppressNumbers,
): FoundBoxes {
  return inEngine('suppress', instance, [boxes, scores], groups, (all) => [all.suppress(Uint32Array.from(words), iou, sigma, floor), 2]);
}

/** Writes numbers into the engine's memory, does some work there and reads what was found; the memory is given back, whatever happens. */
function inEngine(
  place: string, instance: Instance, floats: readonly Float32Array[], groups: Uint32Array | undefined, work: (boxes: BoxesApi) => readonly [found: number, columns: number],
): FoundBoxes {
  try {
    const boxes = instance.boxes(floats.reduce((sum, { length }) => sum + length, 0), groups?.length ?? 0);
    try {
      let at = boxes.floatsPtr();
      for (const part of floats) {
        new Float32Array(instance.memory.buffer, at, part.length).set(part);
        at += part.byteLength;
      }
      if (groups) new Uint32Array(instance.memory.buffer, boxes.groupsPtr(), groups.length).set(groups);
      const [found, columns] = work(boxes);
      return read(instance.memory, boxes.foundPtr(), found, columns);
    } finally {
      boxes.free();
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    failed(place, 'the engine cannot take in the boxes', reason, { as: EngineError, cause });
  }
}

/** Copies the columns out: indices first, bits of scores last. */
function read({ buffer }: WebAssembly.Memory, at: number, found: number, columns: number): FoundBoxes {
  const column = (index: number): number => at + index * found * Uint32Array.BYTES_PER_ELEMENT;
  return {
    indices: Uint32Array.from(new Uint32Array(buffer, column(0), found)),
    classes: Uint32Array.from(new Uint32Array(buffer, column(1), (columns - 2) * found)),
    scores: Float32Array.from(new Float32Array(buffer, column(columns - 1), found)),
  };
}
