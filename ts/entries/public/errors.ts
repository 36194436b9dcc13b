// Errors that this library throws.
export {
  ArgumentError, AbortedError, DisposedError, DtypeError, EngineError, FormatError, GeometryError, GraphError,
  ImageError, IntegrityError, OverloadedError, ReceptiveError, ShapeError, UnsupportedError, WasmError, WeightsError,
  WorkerError,
} from '../../base/errors.js';
export type { ErrorCode, ErrorFields } from '../../base/errors.js';
