/** What the two layers cost, as the product says: asked of a worker, since the fully connected one may have millions of weights. */
import { wrap } from 'comlink';
import type { Remote } from 'comlink';
import { ComputeError } from '../../engine/compute-error.js';
import { endWorker, failureOf } from '../../engine/failure.js';
import { kept } from '../../engine/offline.js';
import type { CostWorker } from './cost.worker.js';

/** From [channels, side, side] to [maps, side, side]. */
export interface Task {
  readonly side: number;
  readonly channels: number;
  readonly maps: number;
  readonly kernel: number;
}

export interface Cost {
  readonly params: number;
  readonly macs: number;
  /** Bytes of the weights, as the engine holds them. */
  readonly bytes: number;
}

export interface Costs {
  readonly dense: Cost;
  readonly convolution: Cost;
}

export type CostAnswer = { readonly costs: Costs; readonly error?: undefined } | { readonly error: { readonly code: string; readonly message: string } };

export interface CostSource {
  /** @throws ComputeError */
  readonly ask: (task: Task) => Promise<Costs>;
  /** Ends the worker, and with it all memory. */
  readonly end: () => void;
}

export function openCosts(): CostSource {
  let worker: Worker | undefined;
  let started: { readonly remote: Remote<CostWorker>; readonly failed: Promise<never> } | undefined;
  const start = (): NonNullable<typeof started> => {
    const made = new Worker(new URL('./cost.worker.ts', import.meta.url), { type: 'module', name: 'cost' });
    worker = made;
    const failed = failureOf(made, () => { started = undefined; });
    return { remote: wrap<CostWorker>(made), failed };
  };
  let ended = false;
  return {
    ask: async (task) => {
      await kept;
      if (ended) throw new ComputeError({ code: 'worker', message: 'the chapter was left' });
      const { remote, failed } = (started ??= start());
      const answer = await Promise.race([remote.ask(task), failed]);
      if (answer.error) throw new ComputeError(answer.error);
      return answer.costs;
    },
    end: () => {
      ended = true;
      if (worker) endWorker(worker);
    },
  };
}
