import type { Layer } from '../layers/layer.js';
import { LOAD_OPTIONS } from '../model/load-options.js';
import type { LoadOptions, ModelSource } from '../model/load-options.js';
import { buildRequest, checkIdleTimeout, checkMaxQueue } from '../model/load-request.js';
import { checkOptions } from '../base/options.js';
import { Workers } from './workers.js';
import { checkWorker } from './given.js';
import { Model } from './model.js';

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
  checkWorker(options.worker);
  const buffers = new Set<ArrayBuffer>();
  const take = (bytes: Uint8Array): Uint8Array => {
    const sent = options.transfer && bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
    buffers.add(sent.buffer as ArrayBuffer);
    return sent;
  };
  const { maxQueue, transfer, onProgress, signal, worker } = options;
  const workers = new Workers({
    size: 1,
    retry: 0,
    maxQueue: checkMaxQueue(maxQueue),
    restarts: options.idleTimeout !== undefined,
    idleTimeout: checkIdleTimeout(options.idleTimeout),
    keepsFiles: false,
    worker,
  });
  const request = await buildRequest(source, options, take);
  const info = workers.options.restarts
    ? await workers.open(transfer ? structuredClone(request, { transfer: [...buffers] }) : request, { onProgress, signal })
    : await workers.open(request, { onProgress, signal, buffers: [...buffers] });
  return new Model(workers, info, options.locations);
}
