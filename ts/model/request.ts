import type { UncheckedFetchOptions } from '../bytes/options.js';
import type { StoredTensor } from '../formats/stored.js';
import type { GraphData } from '../ops/data.js';
import type { SentOptions } from './load-options.js';
import type { WasmRequest } from '../wasm/wasm.js';

/** Bytes, or where to find them. */
export type SentBytes =
  | { readonly kind: 'location'; readonly location: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly place: string }
  | { readonly kind: 'blob'; readonly blob: Blob };

export type SentModel = SentBytes | { readonly kind: 'graph'; readonly graph: GraphData };

export type SentWeights = SentBytes | { readonly kind: 'tensors'; readonly tensors: readonly StoredTensor[] };

/** All that loading a model needs, in a form that can be posted to a worker. Of `locations` only true is yes. */
export interface LoadRequest extends WasmRequest, SentOptions {
  readonly model: SentModel;
  readonly weights?: SentWeights | undefined;
  /** How files are fetched: as the caller said, checked where it is used, so that pages need not carry the check. */
  readonly fetching?: UncheckedFetchOptions | undefined;
  /** Files beside an ONNX model, by the name it has for them. */
  readonly externalData?: Readonly<Record<string, SentBytes>> | undefined;
}
