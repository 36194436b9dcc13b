/**
 * The inline engine with its WebAssembly inside the script, for pages of one file.
 * @module receptive/embedded
 */
import relaxed from '../../crates/pkg/relaxed/receptive_bg.wasm';
import scalar from '../../crates/pkg/scalar/receptive_bg.wasm';
import simd from '../../crates/pkg/simd/receptive_bg.wasm';
import type { Variant } from '../wasm/variant.js';
import { loadInline } from '../model/inline-model.js';
import type { InlineModel } from '../model/inline-model.js';
import type { Layer } from '../layers/index.js';
import type { LoadOptions, ModelSource } from '../model/load-options.js';
import * as models from '../models/index.js';

/** @rollup/plugin-wasm makes each import a function that compiles the inlined module; the types describe its exports. */
const MODULES = { scalar, simd, relaxed } as unknown as Record<Variant, () => Promise<WebAssembly.Module>>;

/**
 * The inline engine with its WebAssembly inside the script: no file beside it, nothing fetched but the model.
 * @throws what the main entry's `load` throws, but no WorkerError
 */
export function load(source: ModelSource | Layer, options: LoadOptions = {}): Promise<InlineModel> {
  return loadInline(source, options, (variant) => MODULES[variant as Variant]());
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
export type { ThreadedVariant } from '../wasm/variant.js';
export type { Variant };
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
