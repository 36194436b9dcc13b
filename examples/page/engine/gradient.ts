/** Gradients of small networks, by the product's training engine in a worker of the page. */
import { wrap } from 'comlink';
import type { Remote } from 'comlink';
import { graphToData } from 'receptive/layers';
import type { Graph } from 'receptive/layers';
import { ComputeError } from './compute-error.js';
import { failureOf } from './failure.js';
import type { Numbers } from './compute.js';
import type { Gradient } from './gradient.worker.js';
import { kept } from './offline.js';

type Named = Readonly<Record<string, Numbers>>;

export interface Back {
  readonly graph: unknown;
  readonly weights: Named;
  readonly inputs: Named;
  /** The gradient of each output. */
  readonly upstream: Named;
}

export type BackAnswer = { readonly gradients: Named; readonly error?: undefined } | { readonly error: { readonly code: string; readonly message: string } };

let started: Promise<{ readonly remote: Remote<Gradient>; readonly failed: Promise<never> }> | undefined;

async function start(): Promise<{ readonly remote: Remote<Gradient>; readonly failed: Promise<never> }> {
  await kept;
  const worker = new Worker(new URL('./gradient.worker.ts', import.meta.url), { type: 'module', name: 'gradient' });
  const failed = failureOf(worker, () => { started = undefined; });
  return { remote: wrap<Gradient>(worker), failed };
}

/**
 * Takes the gradients of outputs back to inputs and parameters, by name.
 * @throws ComputeError
 */
export async function gradients(graph: Graph, { weights = {}, inputs, upstream }: Omit<Back, 'graph' | 'weights'> & { readonly weights?: Named }): Promise<Named> {
  started ??= start();
  const { remote, failed } = await started;
  const answer = await Promise.race([remote.back({ graph: graphToData(graph), weights, inputs, upstream }), failed]);
  if (answer.error) throw new ComputeError(answer.error);
  return answer.gradients;
}
