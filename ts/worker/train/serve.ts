import { expose } from 'comlink';
import { WorkerError } from '../../base/errors.js';
import { VERSION } from '../../base/version.js';
import { graphFromData } from '../../ops/data.js';
import type { TrainEngine } from '../../train/engine.js';
import { Trainer } from '../../train/trainer.js';
import { vjpOn } from '../../train/vjp.js';
import { serveAsTrainHelper } from '../../train/wasm.js';
import { carryErrors } from '../errors-across.js';
import { isHelperMessage } from '../protocol.js';
import { selfEndpoint } from '../spawn.platform.js';
import { expectSameVersion } from '../versions.js';
import { startEngine } from './engine.js';
import { TRAIN_CALLS } from './protocol.js';
import type { Learning, TrainAnswer, TrainApi, TrainArgs, TrainCall } from './protocol.js';
import { fromSent } from './sent.js';

let engine: TrainEngine | undefined;
let learning: Learning | undefined;

function answer<Name extends TrainCall>(name: Name, args: TrainArgs<Name>): TrainAnswer<Name> {
  if (!learning) throw new WorkerError('nothing learns in this worker');
  const calls: { [Each in TrainCall]: (of: Learning, ...rest: TrainArgs<Each>) => TrainAnswer<Each> } = TRAIN_CALLS;
  return calls[name](learning, ...args);
}

const api: TrainApi = {
  async create({ version, graph, options, variant, threads }) {
    expectSameVersion(version, VERSION);
    engine = await startEngine(variant, threads);
    const trainer = new Trainer(engine, graphFromData(graph), fromSent(options, () => learning?.rate ?? 0));
    learning = { trainer, rate: 0 };
    const { variant: runs, threads: threadsThatRun, threadsReason } = engine;
    return { version: VERSION, variant: runs, threads: threadsThatRun, threadsReason, steps: trainer.steps, position: trainer.position, seed: trainer.seed };
  },
  async vjp({ version, graph, request, variant, threads }) {
    expectSameVersion(version, VERSION);
    return vjpOn(await startEngine(variant, threads), graphFromData(graph), request);
  },
  ask: (name, args) => answer(name, args),
  usable: () => engine?.usable ?? false,
};

/** Makes this worker one in which a network learns, or a thread of another's engine. */
export function serve(): void {
  const endpoint = selfEndpoint();
  // Before comlink's own listener: a helper stays in this one as long as it serves.
  endpoint.addEventListener('message', (event) => {
    const { data } = event as MessageEvent<unknown>;
    if (isHelperMessage(data)) serveAsTrainHelper(data.receptiveHelper, () => data.lifeline?.postMessage('serves'));
  });
  // A call that cannot be read has no number by which it could be answered: the worker ends, and all who wait hear of it.
  endpoint.addEventListener('messageerror', () => {
    throw new WorkerError('a message could not be read');
  });
  carryErrors();
  expose(api, endpoint);
}
