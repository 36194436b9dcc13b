import type { LoadRequest } from '../model/request.js';
import type { Layer } from '../layers/layer.js';
import type { LoadOptions, ModelSource } from '../model/load-options.js';
import { buildRequest, checkIdleTimeout, checkMaxQueue } from '../model/load-request.js';
import { LOAD_OPTIONS } from '../model/option-names.js';
import { checkOptions } from '../base/options.js';
import { Workers } from './workers.js';
import { Connection } from './connection.js';
import { Dispatcher } from './dispatcher.js';
import { Model } from './model.js';
import { scriptFor } from './script.js';
import { startModel } from './start.js';

/**
 * Loads a model into a worker of its own.
 *
 * @param source - a model file (ONNX, or safetensors that describes itself): path, URL, bytes, Blob or Response; or a graph or a
 *   layer, whose weights come by the option `weights`
 * @returns once the model can run
 * @throws a ReceptiveError: WeightsError, FormatError, IntegrityError or UnsupportedError for the file; ArgumentError for an option;
 *   WasmError for the engine, WorkerError for the worker; AbortedError
 */
export async function load(source: ModelSource | Layer, options: LoadOptions = {}): Promise<Model> {
  checkOptions('load', options, LOAD_OPTIONS);
  const buffers = new Set<ArrayBuffer>();
  const take = (bytes: Uint8Array): Uint8Array => {
    const sent = options.transfer && bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
    buffers.add(sent.buffer as ArrayBuffer);
    return sent;
  };
  const request = await buildRequest(source, options, take);
  if (options.idleTimeout !== undefined) {
    return loadReturning(options.transfer ? structuredClone(request, { transfer: [...buffers] }) : request, options);
  }
  const calls = new Dispatcher({ maxQueue: checkMaxQueue(options.maxQueue) });
  const connection = new Connection(scriptFor(request.model), options.onProgress, (reason) => calls.close(reason));
  try {
    const { info } = await startModel(connection, request, { buffers: [...buffers], signal: options.signal });
    calls.join(connection);
    calls.serve(connection);
    return new Model(connection, calls, info, options.locations);
  } catch (error) {
    // The error does not wait for the worker's end.
    void connection.dispose();
    throw error;
  }
}

/** A model whose worker ends while it is idle and starts again: a pool of one, which keeps the request. */
async function loadReturning(request: LoadRequest, options: LoadOptions): Promise<Model> {
  const { maxQueue, idleTimeout, onProgress, signal, locations } = options;
  const workers = new Workers(request, {
    size: 1,
    retry: 0,
    maxQueue: checkMaxQueue(maxQueue),
    idleTimeout: checkIdleTimeout(idleTimeout),
    keepsFiles: false,
  });
  return new Model(workers, workers.calls, await workers.open(onProgress, signal), locations);
}
