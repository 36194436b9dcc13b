/** A network's outputs as bits, computed in several ways that must not differ. */
import { createHash } from 'node:crypto';
import { Session } from '../../ts/session/session.js';
import type { Algorithm } from '../../ts/session/algorithm.js';
import { WeightSlots } from '../../ts/session/slots.js';
import { sourceOf, store } from '../../ts/formats/stored.js';
import type { TensorSource } from '../../ts/formats/stored.js';
import type { Graph } from '../../ts/graph/graph.js';
import type { Tensor } from '../../ts/tensor/tensor.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { openEngine } from '../golden/engine.js';
import type { Compiled, OpenEngine } from '../golden/engine.js';
import { formula } from '../golden/formula.js';
import type { ParamRecord } from '../golden/formula.js';

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** All weights, made once for many sessions. */
export function weightsInMemory(params: readonly ParamRecord[], graph: Graph): TensorSource {
  const wanted = new Set(graph.params.map(({ name }) => name));
  const made = params.filter(([name]) => wanted.has(name));
  return sourceOf(made.map(([name, shape, offset, scale]) => store(name, tensor(formula(name, product(shape), offset, scale), shape))));
}

/** A network up to a module, without what comes after. */
export function upTo(graph: Graph, module: string): Graph {
  const value = graph.modules[module];
  const last = graph.nodes.findIndex(({ outputs }) => value !== undefined && outputs.includes(value));
  if (value === undefined || last < 0) throw new Error(`no node computes ${module}`);
  const params = graph.params.filter(({ name }) => name.startsWith(`${module}.`));
  return { ...graph, nodes: graph.nodes.slice(0, last + 1), params, outputs: [{ name: module, value }] };
}

export interface Net {
  readonly graph: Graph;
  readonly weights: TensorSource;
  /** Several images. */
  readonly batch: Tensor;
}

/** What is particular to the numbers of all outputs, down to the last bit; one entry an image. */
function rowsOf(outputs: Readonly<Record<string, Tensor>>): string[] {
  const rows = Object.values(outputs)[0]?.shape[0] ?? 0;
  return Array.from({ length: rows }, (_, row) => {
    const hash = createHash('sha256');
    for (const { data } of Object.values(outputs)) {
      const each = data.byteLength / rows;
      hash.update(new Uint8Array(data.buffer, data.byteOffset + row * each, each));
    }
    return hash.digest('hex');
  });
}

function row(batch: Tensor, index: number): Tensor {
  const each = batch.data.length / (batch.shape[0] ?? 1);
  return tensor(batch.data.slice(index * each, (index + 1) * each), [1, ...batch.shape.slice(1)]);
}

/** What an engine computed. */
export interface Bits {
  /** By algorithm: of each image alone. */
  readonly alone: ReadonlyMap<Algorithm, readonly string[]>;
  /** By algorithm: of each image in the batch. */
  readonly together: ReadonlyMap<Algorithm, readonly string[]>;
  /** Whether one image's work is shared out among the threads. */
  readonly shares: boolean;
}

export interface HowBits {
  readonly variant: Compiled;
  readonly threads: number;
  readonly algorithms: readonly Algorithm[];
  /** Which images to compute alone. */
  readonly images: readonly number[];
}

/** All from one engine, since starting threads is most of the time with small networks. */
export async function bitsOf({ graph, weights, batch }: Net, { variant, threads, algorithms, images }: HowBits): Promise<Bits> {
  const opened = await openEngine(variant, threads);
  const { engine } = opened.instance;
  const [alone, together] = [new Map<Algorithm, string[]>(), new Map<Algorithm, string[]>()];
  try {
    let session: Session | undefined;
    for (const algorithm of algorithms) {
      session?.dispose();
      const shared = { slots: new WeightSlots(engine, algorithm), broken: undefined };
      session = new Session(opened.instance, graph, weights, { algorithm, shared });
      for (const index of images) {
        const bits = rowsOf(session.run(row(batch, index)));
        alone.set(algorithm, [...(alone.get(algorithm) ?? []), ...bits]);
      }
      together.set(algorithm, rowsOf(session.run(batch)));
    }
    const single = session?.program([[1, ...batch.shape.slice(1)]]);
    if (!single) throw new Error('no algorithm was asked for');
    return { alone, together, shares: sharesWork(opened, single.id) };
  } finally {
    await opened.close();
  }
}

/** An engine that has lost a thread fails when it shares work out, and only then. */
function sharesWork({ instance, poison }: OpenEngine, program: number): boolean {
  poison();
  try {
    instance.engine.run(program);
    instance.engine.free();
    return false;
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return true;
    throw error;
  }
}
