import { optionNames, checkOptions } from '../../base/options.js';
import { showShape, showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { valueTable } from '../../image/preprocess.js';
import type { Normalization } from './dataset.js';

/** A checked normalisation: one mean and one deviation for each channel. */
export interface Normal {
  readonly scale: number;
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/** The factor that brings bytes to 0..1. */
export const BYTE_SCALE = 1 / 255;

const NORMALIZATION = optionNames<Normalization>({ scale: true, mean: true, std: true });

/** Channels of an example: [C, H, W] has C, all else one. */
export function channelsOf(shape: readonly number[]): number {
  return shape.length === 3 ? shape[0]! : 1;
}

/**
 * @param shape - of an example
 * @param scale - where none is given
 * @throws ArgumentError for numbers that have no meaning, or another number of them than of channels
 */
export function normalOf(place: string, given: Normalization | undefined, shape: readonly number[], scale: number): Normal {
  checkOptions(`${place}: normalize`, given, NORMALIZATION);
  const channels = channelsOf(shape);
  const numbers = (name: 'mean' | 'std', value: number): number[] => {
    const list = given?.[name] ?? value;
    const all: readonly unknown[] = Array.isArray(list) ? list : Array.from({ length: channels }, () => list);
    const fits = all.length === channels && all.every((v) => Number.isFinite(v) && (name === 'mean' || v !== 0));
    if (fits) return [...(all as number[])];
    const expected = `${name === 'mean' ? 'a finite number' : 'a finite number other than 0'}, or ${channels} by channel`;
    return wrong(`${place}: normalize.${name}`, expected, Array.isArray(list) ? showShape(list) : showValue(list));
  };
  const factor = given?.scale ?? scale;
  if (!Number.isFinite(factor) || factor === 0) wrong(`${place}: normalize.scale`, 'a finite number other than 0', showValue(factor));
  return { scale: factor, mean: numbers('mean', 0), std: numbers('std', 1) };
}

/** What the value 0 becomes, by channel. */
export function zeroOf({ mean, std }: Normal): readonly number[] {
  return mean.map((value, c) => Math.fround((0 - value) / std[c]!));
}

/** `zeroOf` where the shape of the examples is not known yet: one number, or one by channel. */
export function zeroOfOptions(place: string, given: Normalization | undefined): readonly number[] {
  const channels = [given?.mean, given?.std].map((value) => (Array.isArray(value) ? value.length : 1));
  return zeroOf(normalOf(place, given, [Math.max(...channels), 1, 1], 1));
}

/** Writes one example, its channels one after the other, normalised. */
export type Writer = (source: Uint8Array | Float32Array, out: Float32Array) => void;

/** How examples of a normalisation are written: computed in float64, rounded once. */
export function writerOf({ scale, mean, std }: Normal, bytes: boolean): Writer {
  if (bytes) {
    // A byte has 256 values, so the arithmetic is done 256 times a channel.
    const tables = mean.map((value, c) => valueTable(scale, value, std[c]!));
    return (source, out) => {
      const plane = source.length / tables.length;
      for (let c = 0, i = 0; c < tables.length; c++) {
        const table = tables[c]!;
        for (const end = i + plane; i < end; i++) out[i] = table[source[i]!]!;
      }
    };
  }
  if (scale === 1 && mean.every((value) => value === 0) && std.every((value) => value === 1)) return (source, out) => out.set(source);
  return (source, out) => {
    const plane = source.length / mean.length;
    for (let c = 0, i = 0; c < mean.length; c++) {
      const [shift, by] = [mean[c]!, std[c]!];
      for (const end = i + plane; i < end; i++) out[i] = (source[i]! * scale - shift) / by;
    }
  };
}
