// What a page needs on its own thread to use a model. Describing networks (layers.ts, models) and pixels (image.ts) are files
// of their own, so that a page which loads a model downloads nothing of them.
export { load } from '../worker/load.js';
export { Model } from '../worker/model.js';
export {
  ArgumentError, AbortedError, DisposedError, DtypeError, EngineError, FormatError, GeometryError, GraphError,
  ImageError, IntegrityError, OverloadedError, ReceptiveError, ShapeError, UnsupportedError, WasmError, WeightsError, WorkerError,
} from '../base/errors.js';
export type { ErrorCode, ErrorFields } from '../base/errors.js';
export { tensor } from '../tensor/tensor.js';
export { createPool, Pool } from '../worker/pool.js';
export type { PoolLoadOptions, PoolOptions, PoolStats } from '../worker/pool.js';
export type { RunOptions } from '../worker/callable.js';
export type { CacheSpec } from '../bytes/options.js';
export type { Classification, ClassifyOptions, ClassScore } from '../tasks/classify.js';
export type { Label, Labels } from '../tasks/labels.js';
export type { Scores } from '../tasks/scores.js';
export type { Inputs, Port } from '../session/inputs.js';
export type { Profile, ProfileStep } from '../session/profile.js';
export type { Progress } from '../bytes/response.js';
export type { Algorithm } from '../session/algorithm.js';
export type { InputShapes, MemoryUse } from '../session/session.js';
export type { NamedShape, Summary, SummaryLayer } from '../session/summary.js';
export type { Task } from '../tasks/task.js';
export type { ThreadedVariant, Variant } from '../wasm/variant.js';
export type { GraphData, NodeData } from '../graph/to-data.js';
export type { Json } from '../graph/op.js';
export type { Graph, GraphValue, NamedValue, Node, Param } from '../graph/graph.js';
export type { Dim, Shape } from '../tensor/shape.js';
export type {
  DecodeOptions, ImageContent, ImageInput, PreprocessFields, PreprocessOptions, PreprocessSpec, PresetName, RawImage, ResizeFilter, RgbImage, Size,
} from '../image/types.js';
export type { BytesInput, LoadOptions, ModelSource, WasmInput, WeightsInput } from '../model/load-options.js';
export type { AnyTensor, DataOf, Dtype, DtypeOf, NestedNumbers, Tensor, TensorLike } from '../tensor/tensor.js';
