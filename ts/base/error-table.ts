import type { ErrorCode } from './errors.js';

/** What a reader of an error wants to know. */
export interface ErrorRow {
  readonly meaning: string;
  readonly remedy: string;
}

/** Every code of a ReceptiveError, for documentation; the table of examples/guides/errors.md is checked against it. */
export const ERROR_TABLE: Readonly<Record<ErrorCode, ErrorRow>> = {
  shape: {
    meaning: 'A tensor or layer was given a shape it cannot take',
    remedy: 'compare `expected` and `got`; shapes are NCHW, `model.inputs` has those of the model',
  },
  dtype: { meaning: 'A tensor has another element type than is needed', remedy: 'convert it: `tensor(data, shape, dtype)`' },
  argument: { meaning: 'An argument or option has a value without a meaning', remedy: '`place` names it, `expected` says what it takes' },
  geometry: {
    meaning: 'A window (kernel, stride, padding, dilation) does not fit its map',
    remedy: 'enlarge the input or the padding, or make the kernel smaller',
  },
  graph: { meaning: 'A graph is not well formed', remedy: 'every value a layer reads must come from an input or a layer of the same graph' },
  weights: {
    meaning: 'Weights are missing, surplus, of another shape, or cannot be read',
    remedy: 'check path or URL; names and shapes must be those of the graph (`model.summary()`)',
  },
  format: { meaning: 'A file is truncated, malformed or hostile', remedy: 'fetch or export it again; it must be safetensors or ONNX' },
  image: { meaning: 'An image cannot be decoded or has no pixels', remedy: 'check its address, wait until it has loaded; in Node install `sharp`' },
  wasm: {
    meaning: 'The WebAssembly cannot be fetched, compiled or started, or is of another version',
    remedy: "serve the package's .wasm files beside its scripts, or name them in the option `wasm`; allow 'wasm-unsafe-eval' in the CSP",
  },
  engine: {
    meaning: 'The engine refused a program or failed while running one',
    remedy: 'mostly memory: load the model again, give it smaller inputs or fewer threads; a pool replaces the worker by itself',
  },
  worker: {
    meaning: 'A worker could not be started, died, or is of another version',
    remedy: 'serve worker.js beside the script and allow it in `worker-src`; load the model again, or use a pool',
  },
  overloaded: {
    meaning: 'More calls wait than `maxQueue` allows',
    remedy: 'wait for some before making more, answer 503, use a pool, or raise `maxQueue`',
  },
  integrity: { meaning: 'A file has another digest than `integrity` or `externalIntegrity` says', remedy: 'check where the file comes from, and that the digest is of this version' },
  aborted: { meaning: 'The caller aborted by its `signal`', remedy: 'nothing: `cause` has the reason of the signal' },
  disposed: { meaning: 'A model or pool was used after `dispose()`', remedy: 'load it again, or dispose of it later' },
  unsupported: { meaning: 'Valid, but nothing here computes it', remedy: '`receptive inspect model.onnx` lists all that is in the way' },
};
