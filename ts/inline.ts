import { shippedWasm } from './engine/wasm-files.js';
import { loadInline } from './inline-model.js';
import type { InlineModel } from './inline-model.js';
import type { Layer } from './layers/index.js';
import type { LoadOptions, ModelSource } from './load-options.js';
import * as models from './models/index.js';

/** Loads a model on the calling thread; `run` is synchronous. Source and options are those of the main entry's `load`. */
export function load(source: ModelSource | Layer, options: LoadOptions = {}): Promise<InlineModel> {
  return loadInline(source, options, shippedWasm);
}

export { InlineModel } from './inline-model.js';
export {
  ArgumentError, AbortedError, DisposedError, DtypeError, EngineError, FormatError, GeometryError, GraphError,
  ImageError, IntegrityError, OverloadedError, ReceptiveError, ShapeError, UnsupportedError, WasmError, WeightsError,
  WorkerError,
} from './errors.js';
export type { ErrorCode, ErrorFields } from './errors.js';
export type { Classification, ClassifyOptions, ClassScore } from './engine/classify.js';
export type { Inputs, Port } from './engine/inputs.js';
export type { Profile, ProfileStep } from './engine/profile.js';
export type { Algorithm, InputShapes, MemoryUse } from './engine/session.js';
export type { Summary, SummaryLayer } from './engine/summary.js';
export type { Variant } from './engine/variant.js';
export type { CacheSpec } from './fetch/options.js';
export { graphFromData, graphToData } from './graph/data.js';
export type { GraphData } from './graph/data.js';
export { withOutputs } from './graph/graph.js';
export type { Graph } from './graph/graph.js';
export type { Dim, Shape } from './graph/shape.js';
export { decodeImage } from './image/decode.platform.js';
export { preprocess } from './image/preprocess.js';
export { resize } from './image/resize.js';
export { PRESET_NAMES } from './image/spec.js';
export type { ImageInput, PreprocessOptions, PreprocessSpec, PresetName, RawImage, RgbImage } from './image/types.js';
export {
  adaptiveAvgPool2d, add, avgPool2d, batchNorm2d, cat, conv2d, convTranspose2d, dropout, flatten, gelu, globalAvgPool2d,
  globalMaxPool2d, graph, hardsigmoid, hardswish, identity, input, leakyRelu, linear, localResponseNorm, logSoftmax,
  maxPool2d, mul, named, pad, prelu, relu, relu6, sequential, sigmoid, silu, softmax, tanh, toGraph, upsample,
} from './layers/index.js';
export type { Layer, Value } from './layers/index.js';
export type { LoadOptions, ModelSource, WeightsInput } from './load-options.js';
export { tensor } from './tensor/tensor.js';
export type { AnyTensor, DataOf, Dtype, Tensor, TensorLike } from './tensor/tensor.js';
export { models };
