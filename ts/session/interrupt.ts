import { AbortedError } from '../base/errors.js';
import type { EngineApi } from '../wasm/instance.js';
import type { Program } from './session.js';

/** Whether the caller wants no answer any more. Asked before every step, so it has to be quick. */
export type Interrupted = () => boolean;

/** @throws AbortedError once the caller wants no answer any more */
export function throwIfInterrupted(interrupted: Interrupted | undefined): void {
  if (interrupted?.()) throw new AbortedError('aborted');
}

/** Runs a program: in one go, or step by step where it may be interrupted in between. @throws AbortedError */
export function runProgram(engine: EngineApi, { id, plan }: Program, interrupted: Interrupted | undefined): void {
  if (!interrupted) return engine.run(id);
  for (let step = 0; step < plan.steps.length; step += 1) {
    throwIfInterrupted(interrupted);
    engine.runSteps(id, step, step + 1);
  }
}
