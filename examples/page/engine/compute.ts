/** Small networks, computed by the product in a worker of the page. What is larger takes `load` of receptive itself. */
import { wrap } from 'comlink';
import type { Remote } from 'comlink';
import { graphToData } from 'receptive/layers';
import type { Graph } from 'receptive/layers';
import type { Compute } from './compute.worker.js';
import { ComputeError } from './compute-error.js';
import { failureOf } from './failure.js';
import { kept } from './offline.js';
import type { Numbers } from './numbers.js';

export { numbersOf } from './numbers.js';
export type { Numbers } from './numbers.js';

export interface Work {
  /** The network and its weights in a word: what is asked again with the same key is not built again. */
  readonly key: string;
  readonly graph: unknown;
  readonly weights: Readonly<Record<string, Numbers>>;
  readonly inputs: Readonly<Record<string, Numbers>>;
  readonly algorithm?: 'auto' | 'naive' | 'im2col' | 'blocked' | 'packed' | 'winograd' | undefined;
}

export type Answer =
  | { readonly outputs: Readonly<Record<string, Numbers>>; readonly ms: number; readonly variant: string; readonly error?: undefined }
  | { readonly error: { readonly code: string; readonly message: string } };

let started: Promise<Remote<Compute>> | undefined;

async function start(): Promise<Remote<Compute>> {
  await kept;
  const worker = new Worker(new URL('./compute.worker.ts', import.meta.url), { type: 'module', name: 'compute' });
  const failed = failureOf(worker, () => { started = undefined; });
  const remote = wrap<Compute>(worker);
  failures.set(remote, failed);
  return remote;
}

const failures = new WeakMap<Remote<Compute>, Promise<never>>();

/**
 * Runs a network on inputs by name.
 * @throws ComputeError
 */
export async function compute(graph: Graph, { key, weights = {}, inputs, algorithm }: Pick<Work, 'key' | 'inputs' | 'algorithm'> & { readonly weights?: Work['weights'] }): Promise<Readonly<Record<string, Numbers>>> {
  started ??= start();
  const remote = await started;
  const answer = await Promise.race([remote.run({ key, graph: graphToData(graph), weights, inputs, algorithm }), failures.get(remote)!]);
  if (answer.error) throw new ComputeError(answer.error);
  return answer.outputs;
}
