// What a page needs on its own thread to use a model. Describing networks (layers.ts, models) and pixels (image.ts) are files
// of their own, so that a page which loads a model downloads nothing of them.
export { load } from './load.js';
export { Model } from './worker/model.js';
export {
  ArgumentError, AbortedError, DisposedError, DtypeError, EngineError, FormatError, GeometryError, GraphError,
  ImageError, IntegrityError, OverloadedError, ReceptiveError, ShapeError, UnsupportedError, WasmError, WeightsError, WorkerError,
} from './errors.js';
export type { ErrorCode, ErrorFields } from './errors.js';
export { tensor } from './tensor/tensor.js';
export { createPool, Pool } from './pool/pool.js';
export type { PoolLoadOptions, PoolOptions, PoolStats } from './pool/pool.js';
export type { RunOptions } from './worker/callable.js';
export type { CacheSpec } from './fetch/options.js';
export type { Classification, ClassifyOptions, ClassScore } from './engine/classify.js';
export type { Label, Labels } from './engine/labels.js';
export type { Scores } from './engine/scores.js';
export type { Inputs, Port } from './engine/inputs.js';
export type { Profile, ProfileStep } from './engine/profile.js';
export type { Progress } from './engine/response.js';
export type { Algorithm } from './engine/algorithm.js';
export type { InputShapes, MemoryUse } from './engine/session.js';
export type { NamedShape, Summary, SummaryLayer } from './engine/summary.js';
export type { Task } from './engine/task.js';
export type { ThreadedVariant, Variant } from './engine/variant.js';
export type { GraphData, NodeData } from './graph/to-data.js';
export type { Json } from './graph/op.js';
export type { Graph, GraphValue, NamedValue, Node, Param } from './graph/graph.js';
export type { Dim, Shape } from './graph/shape.js';
export type {
  DecodeOptions, ImageContent, ImageInput, PreprocessFields, PreprocessOptions, PreprocessSpec, PresetName, RawImage, ResizeFilter, RgbImage, Size,
} from './image/types.js';
export type { BytesInput, LoadOptions, ModelSource, WasmInput, WeightsInput } from './load-options.js';
export type { WorkerInput, WorkerScript } from './worker/script.js';
export type { AnyTensor, DataOf, Dtype, DtypeOf, NestedNumbers, Tensor, TensorLike } from './tensor/tensor.js';
