import type { Remote } from 'comlink';
import type { GraphData } from '../../graph/to-data.js';
import type { StoredTensor } from '../../formats/stored.js';
import type { AugmentStep } from '../../train/augmented.js';
import type { Batch } from '../../train/batch.js';
import type { Judged } from '../../train/judged.js';
import type { Position } from '../../train/position.js';
import type { Evaluation, Gradient, StepReport } from '../../train/reports.js';
import type { InputShapes } from '../../session/inputs.js';
import type { TrainSummary } from '../../train/summary.js';
import type { Trainer } from '../../train/trainer.js';
import type { Vjp, VjpRequest } from '../../train/vjp.js';
import type { Variant } from '../../wasm/variant.js';
import type { SentOptions } from './sent.js';

/** What is to learn in a worker. */
interface Request {
  /** Of the script that asks; the worker's own must be the same. */
  readonly version: string;
  readonly graph: GraphData;
  readonly variant: Variant | 'auto' | undefined;
  readonly threads: unknown;
}

export interface TrainRequest extends Request {
  readonly options: SentOptions;
}

export interface VjpCall extends Request {
  readonly request: VjpRequest;
}

/** What the calling thread knows of a trainer in a worker. */
export interface TrainReply {
  readonly version: string;
  readonly variant: Variant;
  readonly threads: number;
  readonly threadsReason: string | undefined;
  readonly steps: number;
  /** Where a fit stands. */
  readonly position: Position;
  readonly seed: bigint;
}

/** What is in the worker: its trainer, and the rate of the step that is being computed. */
export interface Learning {
  readonly trainer: Trainer;
  rate: number;
}

/** What a trainer is asked: the one table from which the worker answers. */
export const TRAIN_CALLS = {
  step(learning: Learning, batch: Batch, rate: number, how: AugmentStep | undefined): StepReport {
    learning.rate = rate;
    return learning.trainer.learn(batch, how);
  },
  judge: ({ trainer }: Learning, batch: Batch): Judged => trainer.judge(batch),
  evaluate: ({ trainer }: Learning, batch: Batch): Evaluation => trainer.evaluate(batch),
  gradients: ({ trainer }: Learning, batch: Batch): ReadonlyMap<string, Gradient> => trainer.gradients(batch),
  weights: ({ trainer }: Learning): StoredTensor[] => trainer.weights(),
  summary: ({ trainer }: Learning, inputShapes: InputShapes | undefined): TrainSummary => trainer.summary(inputShapes),
  save({ trainer }: Learning, position: Position): Uint8Array {
    trainer.position = position;
    return trainer.save();
  },
};

type Table = typeof TRAIN_CALLS;
export type TrainCall = keyof Table;
export type TrainArgs<Name extends TrainCall> = Table[Name] extends (learning: Learning, ...args: infer Rest) => unknown ? Rest : never;
export type TrainAnswer<Name extends TrainCall> = ReturnType<Table[Name]>;

/** What a worker of training does. It holds one trainer, or computes one vector-Jacobian product. */
export interface TrainApi {
  create(request: TrainRequest): Promise<TrainReply>;
  vjp(call: VjpCall): Promise<Vjp>;
  ask<Name extends TrainCall>(name: Name, args: TrainArgs<Name>): TrainAnswer<Name>;
  /** Whether the engine can go on: it cannot after a trap. */
  usable(): boolean;
}

/** Has a call of the table answered by a worker. comlink's type of it forgets what belongs to which name. */
export function askTrainer<Name extends TrainCall>(api: Remote<TrainApi>, name: Name, args: TrainArgs<Name>): Promise<TrainAnswer<Name>> {
  const ask = api.ask as unknown as (name: Name, args: TrainArgs<Name>) => Promise<TrainAnswer<Name>>;
  return ask(name, args);
}
