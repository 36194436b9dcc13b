import type { Inputs, InputShapes } from '../session/inputs.js';
import { flopsOf } from '../session/flops.js';
import type { Flops } from '../session/flops.js';
import type { Profile } from '../session/profile.js';
import type { MemoryUse, Runnable } from '../session/runnable.js';
import type { Summary } from '../session/summary.js';
import { PhotoMethods } from './photo-methods.js';
import type { Computes } from './photo-methods.js';

/**
 * What a model is asked, but for `run` and photos: the one table from which the worker answers and pages ask. A further question
 * is a line here and a method of `ModelCalls`; one that a pool cannot answer is a method of `Model` and of `InlineModel` instead.
 */
export const MODEL_CALLS = {
  summary: (session: Runnable, inputShapes?: InputShapes): Summary => session.summary(inputShapes),
  flops: (session: Runnable, inputShapes?: InputShapes): Flops => flopsOf(session.summary(inputShapes)),
  profile: (session: Runnable, inputs: Inputs, iterations?: number): Profile => session.profile(inputs, iterations),
  warmup: (session: Runnable, inputShapes?: InputShapes): void => session.warmup(inputShapes),
  memory: (session: Runnable): MemoryUse => session.memory(),
};

type Table = typeof MODEL_CALLS;
export type CallName = keyof Table;
type Args = { [Name in CallName]: Table[Name] extends (session: Runnable, ...args: infer Rest) => unknown ? Rest : never };
type Answers = { [Name in CallName]: ReturnType<Table[Name]> };
export type CallArgs<Name extends CallName> = Args[Name];
export type CallAnswer<Name extends CallName> = Answers[Name];

/** The answer of a model that is on this thread. */
export function answerCall<Name extends CallName>(session: Runnable, name: Name, args: CallArgs<Name>): CallAnswer<Name> {
  const calls: { [Each in CallName]: (session: Runnable, ...args: CallArgs<Each>) => CallAnswer<Each> } = MODEL_CALLS;
  return calls[name](session, ...args);
}

export type Answer<Where extends Computes, Result> = Where extends 'here' ? Result : Promise<Result>;

/** What models and pools are asked alike, wherever they compute. */
export abstract class ModelCalls<Where extends Computes> extends PhotoMethods<Where> {
  /** Has the table's call answered. @internal */
  protected abstract ask<Name extends CallName>(name: Name, ...args: CallArgs<Name>): Answer<Where, CallAnswer<Name>>;

  /**
   * Layers with shapes, parameters, multiply-adds, receptive fields and algorithms, and the memory they take.
   * @param inputShapes - needed where the model leaves dimensions other than the batch open
   * @throws ArgumentError where shapes are needed and missing; ShapeError for those that do not fit
   */
  summary(inputShapes?: InputShapes): Answer<Where, Summary> {
    return this.ask('summary', inputShapes);
  }

  /**
   * Floating-point operations of one run, whole, by layer and by kind of layer. An ONNX model is run once on zeros for them.
   * @param inputShapes - as of `summary`
   * @throws as `summary`
   */
  flops(inputShapes?: InputShapes): Answer<Where, Flops> {
    return this.ask('flops', inputShapes);
  }
}
