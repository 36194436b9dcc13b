import { expose, transfer } from 'comlink';
import { classify } from '../engine/classify.js';
import { openModel } from '../engine/open.js';
import type { OpenedModel } from '../engine/open.js';
import { serveAsHelper } from '../engine/threaded.js';
import { shippedWasm } from '../engine/wasm-files.js';
import { WorkerError } from '../errors.js';
import { carryErrors } from './errors-across.js';
import { workerThreads } from './helpers.js';
import { isHelperMessage } from './protocol.js';
import type { ProgressMessage, WorkerApi } from './protocol.js';
import { selfEndpoint } from './spawn.platform.js';

const endpoint = selfEndpoint();
let opened: OpenedModel | undefined;

function model(): OpenedModel {
  if (opened) return opened;
  throw new WorkerError('no model is loaded in this worker');
}

const api: WorkerApi = {
  async load(request) {
    const onProgress = (bytes: number, total: number | undefined): void => {
      const message: ProgressMessage = { receptiveProgress: [bytes, total] };
      endpoint.postMessage(message);
    };
    opened = await openModel(request, { defaultWasm: shippedWasm, threads: workerThreads, onProgress });
    const { session, name } = opened;
    const { variant, threads, threadsReason, inputs, outputs } = session;
    return { name, variant, threads, threadsReason, inputs, outputs };
  },
  run(inputs) {
    const outputs = model().session.run(inputs);
    return transfer(outputs, Object.values(outputs).map(({ data }) => data.buffer as ArrayBuffer));
  },
  classify: (image, options) => classify(model().session, image, options, model()),
  summary: (inputShapes) => model().session.summary(inputShapes),
  profile: (inputs, iterations) => model().session.profile(inputs, iterations),
  warmup(inputShapes) {
    const { session } = model();
    session.warmup(inputShapes);
  },
  memory: () => model().session.memory(),
};

// Before comlink's own listener: a helper stays in this one as long as it serves.
endpoint.addEventListener('message', (event) => {
  const { data } = event as MessageEvent<unknown>;
  if (isHelperMessage(data)) serveAsHelper(data.receptiveHelper, () => data.lifeline?.postMessage('serves'));
});
carryErrors();
expose(api, endpoint);
