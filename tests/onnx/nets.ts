import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Variant } from '../../ts/wasm/variant.js';
import { inMemory } from '../../ts/formats/stored.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { OnnxEngine } from '../../ts/onnx/run/session.js';
import type { OnnxOptions } from '../../ts/onnx/run/session.js';
import { hostTensor } from '../../ts/onnx/form/tensors.js';
import type { HostTensor, OnnxDtype } from '../../ts/onnx/form/types.js';
import { openEngine } from '../golden/engine.js';
import { formula, sampleIndices } from '../golden/formula.js';

interface Recorded {
  readonly name: string;
  readonly dtype?: OnnxDtype;
  readonly shape: readonly number[];
  readonly values?: readonly number[];
}

interface InputRecord extends Recorded {
  readonly formula?: string;
  readonly offset?: number;
  readonly scale?: number;
}

interface OutputRecord extends Recorded {
  readonly sample?: string;
  readonly noise?: number;
  readonly unordered?: boolean;
  readonly stats?: { readonly mean: number; readonly std: number; readonly min: number; readonly max: number };
}

export interface Meta {
  readonly quantized?: boolean;
  readonly output_step?: number;
  readonly float16?: boolean;
  readonly fill: readonly (readonly [name: string, dims: readonly number[], offset: number, scale: number])[];
  readonly cases: readonly { readonly inputs: readonly InputRecord[]; readonly outputs: readonly OutputRecord[] }[];
}

export function netNames(folder: string): string[] {
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'meta.json'))).sort();
}

/** All weights of a network as the one file its skeleton points to. */
function weightsOf({ fill }: Meta): Uint8Array {
  const lengths = fill.map(([, dims]) => dims.reduce((a, b) => a * b, 1));
  const all = new Float32Array(lengths.reduce((a, b) => a + b, 0));
  let at = 0;
  fill.forEach(([name, , offset, scale], i) => {
    all.set(formula(name, lengths[i] ?? 0, offset, scale), at);
    at += lengths[i] ?? 0;
  });
  return new Uint8Array(all.buffer);
}

function inputOf({ dtype = 'float32', shape, values, formula: name, offset = 0, scale = 1 }: InputRecord): HostTensor {
  const length = shape.reduce((a, b) => a * b, 1);
  return hostTensor(dtype, shape, values ?? formula(name ?? '', length, offset, scale));
}

export interface NetOptions extends OnnxOptions {
  readonly variant: Variant;
  readonly threads: number;
}

/** What differs, as lines; nothing if the network gives what it should in all cases, from one load. */
export async function checkNet(folder: string, { variant, threads, ...options }: NetOptions): Promise<string[]> {
  const meta = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8')) as Meta;
  const weights = weightsOf(meta);
  const model = readOnnx(readFileSync(join(folder, 'skeleton.onnx')), folder, () => inMemory(weights));
  const opened = await openEngine(variant, threads);
  try {
    const engine = new OnnxEngine(opened.instance, model, options);
    const wrong = meta.cases.flatMap(({ inputs, outputs }, index) => {
      const results = engine.run(new Map(inputs.map((input) => [input.name, inputOf(input)])));
      return outputs.flatMap((record) => {
        const difference = compare(record, results.get(record.name), meta);
        return difference === undefined ? [] : [`case ${index} ${record.name}: ${difference}`];
      });
    });
    engine.dispose();
    return wrong;
  } finally {
    await opened.close();
  }
}

function tolerance({ noise, stats }: OutputRecord, { quantized, output_step: step = 0, float16 }: Meta): number {
  if (!stats) return 0;
  const largest = Math.max(Math.abs(stats.min), Math.abs(stats.max));
  if (quantized) return 2 * step;
  if (float16) return 4e-3 * largest;
  return noise === undefined ? 1e-5 * largest : 8 * noise + 1e-6 * largest;
}

function compare(record: OutputRecord, got: HostTensor | undefined, meta: Meta): string | undefined {
  if (!got) return 'missing';
  if (got.dtype !== (record.dtype ?? 'float32')) return `is ${got.dtype}, expected ${record.dtype ?? 'float32'}`;
  if (got.shape.join() !== record.shape.join()) return `is [${got.shape.join()}], expected [${record.shape.join()}]`;
  const allowed = tolerance(record, meta);
  const indices = record.sample === undefined ? record.values?.map((_, i) => i) : sampleIndices(record.sample, got.data.length);
  if (!indices?.length && !record.stats) return 'compared with nothing';
  const differences = (indices ?? []).map((index, k) => Math.abs((got.data[index] ?? NaN) - (record.values?.[k] ?? NaN)));
  for (const [name, value] of record.stats ? Object.entries(statistics(got)) : []) {
    differences.push(Math.abs(value - (record.stats?.[name as 'min'] ?? NaN)));
  }
  // One that is no number is the worst, and stays it.
  const worst = differences.reduce((most, one) => Math.max(most, Number.isNaN(one) ? Infinity : one), 0);
  return worst <= allowed ? undefined : `${(worst / allowed).toFixed(2)} times the tolerance`;
}

function statistics({ data }: HostTensor): { min: number; max: number; mean: number } {
  let [min, max, sum] = [Infinity, -Infinity, 0];
  for (const value of data) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  return { min, max, mean: sum / data.length };
}
