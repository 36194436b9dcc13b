// Types of what loads a model, and of what a model takes and answers, wherever it runs.
export * from './graphs.js';
export * from './image-types.js';
export type { BytesInput, LoadOptions, ModelSource, WasmInput, WeightsInput } from '../../model/load-options.js';
export type { WorkerInput, WorkerScript } from '../../model/worker-input.js';
export type { CacheSpec } from '../../bytes/options.js';
export type { Progress } from '../../bytes/response.js';
export type { Classification, ClassifyOptions, ClassScore } from '../../tasks/classify.js';
export type { Label, Labels } from '../../tasks/labels.js';
export type { Scores } from '../../tasks/scores.js';
export type { Task } from '../../tasks/task.js';
export type { Flops } from '../../session/flops.js';
export type { Inputs, InputShapes, Port } from '../../session/inputs.js';
export type { Profile, ProfileStep } from '../../session/profile.js';
export type { Algorithm } from '../../session/algorithm.js';
export type { MemoryUse } from '../../session/runnable.js';
export type { NamedShape, Summary, SummaryLayer } from '../../session/summary.js';
export type { ThreadedVariant, Variant } from '../../wasm/variant.js';
