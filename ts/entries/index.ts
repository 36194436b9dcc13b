/**
 * All there is; bundlers take what is used. Values come from four files, which a page without a bundler may import one by one.
 * @module receptive
 */
import * as models from '../models/index.js';
export type { PoolLoadOptions, PoolOptions, PoolStats } from '../worker/pool.js';
export type { RunOptions } from '../worker/callable.js';
export {
  ArgumentError, AbortedError, createPool, DisposedError, DtypeError, EngineError, FormatError, GeometryError, GraphError,
  ImageError, IntegrityError, load, Model, OverloadedError, Pool, ReceptiveError, ShapeError, tensor, UnsupportedError,
  WasmError, WeightsError, WorkerError,
} from './page.js';
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
export type { StoredDtype, StoredTensor } from '../formats/stored.js';
export type { CacheSpec } from '../bytes/options.js';
export type { GraphData, NodeData } from '../ops/data.js';
export type { Json } from '../graph/op.js';
export type { Graph, GraphValue, NamedValue, Node, Param } from '../graph/graph.js';
export type { Dim, Shape } from '../tensor/shape.js';
export { decodeImage, parseLabels, preprocess, PRESET_NAMES, resize, watch } from './image.js';
export type { WatchModel, WatchOptions, WatchSource } from '../tasks/watch.js';
export type {
  DecodeOptions, ImageContent, ImageInput, PreprocessFields, PreprocessOptions, PreprocessSpec, PresetName, RawImage, ResizeFilter, RgbImage, Size,
} from '../image/types.js';
export {
  adaptiveAvgPool2d, add, avgPool2d, batchNorm2d, cat, conv2d, convTranspose2d, dropout, flatten, gelu, globalAvgPool2d,
  globalMaxPool2d, graph, graphFromData, graphToData, groupNorm, hardsigmoid, hardswish, identity, input, leakyRelu, linear,
  localResponseNorm, logSoftmax, maxPool2d, mul, named, pad, prelu, relu, relu6, sequential, sigmoid, silu, softmax, tanh,
  toGraph, upsample, withOutputs, writeSafetensors,
} from './layers.js';
export type {
  AvgPool2dOptions, Conv2dOptions, ConvTranspose2dOptions, Layer, LocalResponseNormOptions, MaxPool2dOptions, NameOption, Padding,
  PadMode, Pair, SequentialOptions, UpsampleOptions, Value, WindowOptions,
} from './layers.js';
export { saveModel } from './save.js';
export type { ModelContent, SavedDtype } from './save.js';
export type { BytesInput, LoadOptions, ModelSource, WasmInput, WeightsInput } from '../model/load-options.js';
export type { WorkerInput, WorkerScript } from '../model/worker-input.js';
export type { AnyTensor, DataOf, Dtype, DtypeOf, NestedNumbers, Tensor, TensorLike } from '../tensor/tensor.js';
export { models };
