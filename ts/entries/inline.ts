/**
 * The engine on the calling thread: no worker, and a `run` that answers at once.
 * @module receptive/inline
 */
import { ONLY, shippedWasm } from '../wasm/files.js';
import { loadInline } from '../model/inline-model.js';
import type { InlineModel } from '../model/inline-model.js';
import type { Layer } from '../layers/index.js';
import type { LoadOptions, ModelSource } from '../model/load-options.js';
import * as models from '../models/index.js';

/**
 * Loads a model on the calling thread; `run` is synchronous. Source and options are those of the main entry's `load`; `threads`
 * is always one, and `maxQueue` and `transfer` do nothing.
 * @throws what the main entry's `load` throws, but no WorkerError
 */
export function load(source: ModelSource | Layer, options: LoadOptions = {}): Promise<InlineModel> {
  return loadInline(source, options, shippedWasm, ONLY);
}

export { InlineModel } from '../model/inline-model.js';
export {
  ArgumentError, AbortedError, DisposedError, DtypeError, EngineError, FormatError, GeometryError, GraphError,
  ImageError, IntegrityError, OverloadedError, ReceptiveError, ShapeError, UnsupportedError, WasmError, WeightsError,
  WorkerError,
} from '../base/errors.js';
export type { ErrorCode, ErrorFields } from '../base/errors.js';
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
export type { CacheSpec } from '../bytes/options.js';
export { graphFromData, graphToData } from '../ops/data.js';
export type { GraphData, NodeData } from '../ops/data.js';
export type { Json } from '../graph/op.js';
export { withOutputs } from '../ops/with-outputs.js';
export type { Graph, GraphValue, NamedValue, Node, Param } from '../graph/graph.js';
export type { Dim, Shape } from '../tensor/shape.js';
export { decodeImage } from '../image/decode.platform.js';
export { preprocess } from '../image/preprocess.js';
export { resize } from '../image/resize.js';
export { PRESET_NAMES } from '../image/spec.js';
export { watch } from '../tasks/watch.js';
export type { WatchModel, WatchOptions, WatchSource } from '../tasks/watch.js';
export type {
  DecodeOptions, ImageContent, ImageInput, PreprocessFields, PreprocessOptions, PreprocessSpec, PresetName, RawImage, ResizeFilter, RgbImage, Size,
} from '../image/types.js';
export {
  adaptiveAvgPool2d, add, avgPool2d, batchNorm2d, cat, conv2d, convTranspose2d, dropout, flatten, gelu, globalAvgPool2d,
  globalMaxPool2d, graph, groupNorm, hardsigmoid, hardswish, identity, input, leakyRelu, linear, localResponseNorm, logSoftmax,
  maxPool2d, mul, named, pad, prelu, relu, relu6, sequential, sigmoid, silu, softmax, tanh, toGraph, upsample,
} from '../ops/layers.js';
export type {
  AvgPool2dOptions, Conv2dOptions, ConvTranspose2dOptions, Layer, LocalResponseNormOptions, MaxPool2dOptions, NameOption, Padding,
  PadMode, Pair, SequentialOptions, UpsampleOptions, Value, WindowOptions,
} from '../ops/layers.js';
export type { BytesInput, LoadOptions, ModelSource, WasmInput, WeightsInput } from '../model/load-options.js';
export type { WorkerInput, WorkerScript } from '../model/worker-input.js';
export { tensor } from '../tensor/tensor.js';
export type { AnyTensor, DataOf, Dtype, DtypeOf, NestedNumbers, Tensor, TensorLike } from '../tensor/tensor.js';
export { models };
