/** Outputs of detectors and what they say, as make_heads.py wrote them. */
import { readFileSync } from 'node:fs';
import type { AnyTensor } from '../../../../ts/tensor/tensor.js';
import type { DetectSpec } from '../../../../ts/tasks/detect/spec.js';

interface OutputSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'int64';
  readonly values?: readonly number[];
  readonly seed?: number;
  readonly low?: number;
  readonly high?: number;
  /** What each place along an axis (default the last) is multiplied by. */
  readonly scale?: readonly number[];
  readonly along?: number;
}

export interface HeadCase {
  readonly name: string;
  readonly head: NonNullable<DetectSpec['head']>;
  readonly size: readonly [number, number];
  readonly spec: Omit<DetectSpec, 'kind'>;
  readonly labels: number | null;
  /** Whether the shapes alone say which head it is. */
  readonly found: boolean;
  readonly score: number;
  readonly outputs: readonly OutputSpec[];
  /** Left, top, right, bottom, score, class; highest score first. */
  readonly boxes: readonly (readonly [number, number, number, number, number, number])[];
}

export const CASES = JSON.parse(readFileSync(new URL('heads.json', import.meta.url), 'utf8')) as readonly HeadCase[];

const size = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);

function noise({ shape, seed = 0, low = 0, high = 1, scale, along = shape.length - 1 }: OutputSpec): Float32Array {
  let x = seed;
  const inner = size(shape.slice(along + 1));
  return Float32Array.from({ length: size(shape) }, (_, i) => {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    const value = Math.fround(low + (high - low) * ((x >>> 8) / 2 ** 24));
    return scale ? value * scale[Math.floor(i / inner) % scale.length]! : value;
  });
}

function tensorOf(spec: OutputSpec): AnyTensor {
  const { shape, dtype, values } = spec;
  if (!values) return { dtype: 'float32', shape, data: noise(spec) };
  if (dtype === 'int64') return { dtype, shape, data: BigInt64Array.from(values, BigInt) };
  return dtype === 'int32' ? { dtype, shape, data: Int32Array.from(values) } : { dtype, shape, data: Float32Array.from(values) };
}

export function tensorsOf({ outputs }: HeadCase): Record<string, AnyTensor> {
  return Object.fromEntries(outputs.map((spec) => [spec.name, tensorOf(spec)]));
}
