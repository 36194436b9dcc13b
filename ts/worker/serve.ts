import { expose, transfer } from 'comlink';
import { askPhoto, leastPhoto } from '../tasks/photo-tasks.js';
import { taskName } from '../tasks/task.js';
import { transferables } from '../tasks/transferables.js';
import { answerCall } from '../model/calls.js';
import { openModel } from '../model/open.js';
import type { OpenedModel } from '../model/open.js';
import type { ModelReader } from '../model/reader.js';
import { serveAsHelper } from '../wasm/threaded.js';
import { expectNoLocation } from '../image/location.js';
import { ONLY, shippedWasm } from '../wasm/files.js';
import { WIDE } from '../wasm/wide.platform.js';
import { WorkerError } from '../base/errors.js';
import type { ByteSource } from '../formats/stored.js';
import { maxPixelsOf } from '../image/decode-options.js';
import { checkAnnounced } from '../image/header.js';
import { notAnImage } from '../image/not-an-image.js';
import { shownBytes } from '../image/shown.js';
import { close } from '../image/transport.js';
import type { ImageInput } from '../image/types.js';
import { carryErrors } from './errors-across.js';
import { workerThreads } from './helpers.js';
import type { Interrupted } from '../session/interrupt.js';
import { VERSION } from '../base/version.js';
import { isHelperMessage } from './protocol.js';
import type { LoadReply, ProgressMessage, WorkerApi } from './protocol.js';
import { selfEndpoint, sharingObstacle } from './spawn.platform.js';
import { expectSameVersion } from './versions.js';

const endpoint = selfEndpoint();
/** In which files are copied. */
const PIECE_BYTES = 4 << 20;

let readers: readonly ModelReader[] = [];
let opened: OpenedModel | undefined;
let interrupts: Int32Array | undefined;
let followsLocations = false;

function model(): OpenedModel {
  if (opened) return opened;
  throw new WorkerError('no model is loaded in this worker');
}

/** A copy that other workers can read. */
function toShared(source: ByteSource): Uint8Array {
  const shared = new Uint8Array(new SharedArrayBuffer(source.byteLength));
  for (let begin = 0; begin < shared.byteLength; begin += PIECE_BYTES) {
    shared.set(source.read(begin, Math.min(begin + PIECE_BYTES, shared.byteLength), true), begin);
  }
  return shared;
}

/** Calls without a number run in one go. */
function interruption(call: number): Interrupted | undefined {
  const word = interrupts;
  return word && call !== 0 ? () => Atomics.load(word, 0) === call : undefined;
}

const api: WorkerApi = {
  async load(request) {
    const onProgress = (bytes: number, total: number | undefined): void => {
      const message: ProgressMessage = { receptiveProgress: [bytes, total] };
      endpoint.postMessage(message);
    };
    expectSameVersion(request.version, VERSION);
    interrupts = request.interrupts;
    followsLocations = request.locations === true;
    let compiled: LoadReply['compiled'];
    const onCompiled = (module: WebAssembly.Module, name: keyof typeof request.modules | undefined): void => {
      compiled = { name, module };
    };
    const { modules } = request;
    const shared: Record<string, Uint8Array> = {};
    const files = {
      known: request.files ?? {},
      onFetched: request.files && sharingObstacle() === undefined ? (url: string, source: ByteSource) => void (shared[url] = toShared(source)) : undefined,
    };
    opened = await openModel(request, { defaultWasm: shippedWasm, only: ONLY, wide: WIDE, readers, modules, onCompiled, files, threads: workerThreads, onProgress });
    const { session, name, graph, labels, preprocess, task } = opened;
    const { variant, threads, threadsReason, wide, wideReason, inputs, outputs } = session;
    return { version: VERSION, info: { name, graph, labels, preprocess, task: taskName(task), variant, threads, threadsReason, wide, wideReason, inputs, outputs }, compiled, files: shared };
  },
  run(inputs, call) {
    const outputs = model().session.run(inputs, interruption(call));
    return transfer(outputs, Object.values(outputs).map(({ data }) => data.buffer as ArrayBuffer));
  },
  async photo(name, image, options, call, locations, shown) {
    if (!locations || !followsLocations) expectNoLocation(image, name, 'give bytes');
    const input = shown ? await shownBytes(shown) : image;
    if (shown && !input) {
      checkAnnounced(shown.width, shown.height, 'image', maxPixelsOf(options));
      return { least: leastPhoto(name, model(), options) };
    }
    try {
      const answer = await askPhoto(name, model(), input as ImageInput, options, { interrupted: interruption(call), locations: locations && followsLocations });
      return transfer(answer, transferables(answer));
    } finally {
      close(input);
    }
  },
  notAnImage: (given, locations) => notAnImage(given, locations && followsLocations),
  ask: (name, args) => answerCall(model().session, name, args),
  usable: () => model().session.usable,
};

/** Makes this worker one that holds a model. @param chosen - readers of files other than safetensors */
export function serve(chosen: readonly ModelReader[]): void {
  readers = chosen;
  // Before comlink's own listener: a helper stays in this one as long as it serves.
  endpoint.addEventListener('message', (event) => {
    const { data } = event as MessageEvent<unknown>;
    if (isHelperMessage(data)) serveAsHelper(data.receptiveHelper, () => data.lifeline?.postMessage('serves'));
  });
  carryErrors();
  expose(api, endpoint);
}
