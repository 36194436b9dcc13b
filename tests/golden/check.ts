import { readFileSync } from 'node:fs';
import { Session } from '../../ts/session/session.js';
import type { Algorithm } from '../../ts/session/algorithm.js';
import type { Variant } from '../../ts/wasm/variant.js';
import { withOutputs } from '../../ts/ops/with-outputs.js';
import type { Graph } from '../../ts/graph/graph.js';
import type { Tensor } from '../../ts/tensor/tensor.js';
import { openEngine } from './engine.js';
import { formula, formulaSource, sampleIndices } from './formula.js';
import type { ParamRecord } from './formula.js';

interface TensorRecord {
  readonly name: string;
  readonly shape: readonly number[];
  readonly noise: number;
  readonly sample?: string;
  readonly values: readonly number[];
  readonly stats: { readonly mean: number; readonly std: number; readonly min: number; readonly max: number };
}

interface InputRecord {
  readonly name: string;
  readonly formula: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly scale: number;
}

export interface Golden {
  readonly name: string;
  readonly params: readonly ParamRecord[];
  readonly params_total: number;
  readonly cases: readonly {
    readonly inputs: readonly InputRecord[];
    readonly outputs: readonly TensorRecord[];
    readonly activations: readonly TensorRecord[];
  }[];
}

export function readGolden(name: string): Golden {
  return JSON.parse(readFileSync(new URL(`./state/${name}.json`, import.meta.url), 'utf8')) as Golden;
}

/**
 * How far a value may be off: `4 * noise + 1e-6 * largest`, where noise is what f32 arithmetic itself is off by.
 * Returns the largest difference as a multiple of that; NaN counts as infinite.
 */
export function worstRatio(record: TensorRecord, tensor: Tensor | undefined): number {
  if (!tensor || tensor.shape.join() !== record.shape.join()) return Number.POSITIVE_INFINITY;
  const tolerance = 4 * record.noise + 1e-6 * Math.max(Math.abs(record.stats.min), Math.abs(record.stats.max));
  const length = tensor.data.length;
  const indices = record.sample === undefined ? record.values.map((_, i) => i) : sampleIndices(record.name, length);
  const differences = indices.map((index, k) => Math.abs((tensor.data[index] ?? NaN) - (record.values[k] ?? NaN)));
  const { min, max, mean } = statistics(tensor.data);
  const { stats } = record;
  differences.push(Math.abs(min - stats.min), Math.abs(max - stats.max), Math.abs(mean - stats.mean));
  return differences.reduce((worst, difference) => {
    const ratio = difference / tolerance;
    return ratio <= worst ? worst : Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
  }, 0);
}

function statistics(data: Float32Array): { min: number; max: number; mean: number } {
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of data) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  return { min, max, mean: sum / data.length };
}

/** How a golden is computed. */
export interface How {
  readonly variant: Variant;
  readonly algorithm: Algorithm;
  readonly threads: number;
}

/** What is further off than it may be, as lines that name case and tensor; nothing if all is well. */
export async function deviations(golden: Golden, graph: Graph, { variant, algorithm, threads }: How): Promise<string[]> {
  const names = golden.cases[0]?.activations.map(({ name }) => name) ?? [];
  const outputs = graph.outputs.map(({ name }) => name);
  const engine = await openEngine(variant, threads);
  try {
    const session = new Session(engine.instance, withOutputs(graph, [...outputs, ...names]), formulaSource(golden.params), { algorithm });
    const wrong = golden.cases.flatMap((testCase, index) => {
      const result = session.run(Object.fromEntries(testCase.inputs.map(inputOf)));
      return [...testCase.outputs, ...testCase.activations].flatMap((record) => {
        const ratio = worstRatio(record, result[record.name]);
        return ratio <= 1 ? [] : [`case ${index} ${record.name}: ${ratio.toFixed(2)} times the tolerance`];
      });
    });
    session.dispose();
    return wrong;
  } finally {
    await engine.close();
  }
}

function inputOf({ name, formula: from, shape, offset, scale }: InputRecord): [string, Tensor] {
  const length = shape.reduce((a, b) => a * b, 1);
  return [name, { dtype: 'float32', shape, data: formula(from, length, offset, scale) }];
}
