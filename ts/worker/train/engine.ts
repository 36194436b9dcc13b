import { WasmError } from '../../base/errors.js';
import { compileAt } from '../../bytes/locate.platform.js';
import type { TrainEngine } from '../../train/engine.js';
import { chooseTrainVariant, shippedTrainWasm } from '../../train/files.js';
import { HAS_THREADED_TRAINING, sharedTrainMemory, startThreadedTrainEngine, startTrainEngine } from '../../train/wasm.js';
import { checkThreads, planThreads } from '../../wasm/threads.js';
import type { Variant } from '../../wasm/variant.js';
import { startHelperOf } from '../helper-start.js';
import { hardwareThreads, sharingObstacle } from '../spawn.platform.js';
import { spawnTrainHelper } from './spawn.platform.js';

const compile = (variant: Parameters<typeof shippedTrainWasm>[0]) => compileAt(shippedTrainWasm(variant), { expected: 'WebAssembly', Failure: WasmError });

/**
 * Starts the engine of training in this worker, its helpers in workers of this one.
 * @param wanted - threads; where they cannot be had it is one, and the engine says why
 * @throws WasmError where the variant cannot run or its file cannot be read; ArgumentError for what is no variant or number of threads
 */
export async function startEngine(variant: Variant | 'auto' | undefined, wanted: unknown): Promise<TrainEngine> {
  const obstacle = HAS_THREADED_TRAINING ? sharingObstacle() : 'this build has no threaded variants of training';
  const { threads, reason } = planThreads(checkThreads(wanted), { obstacle, hardware: hardwareThreads() });
  const chosen = chooseTrainVariant(variant, threads > 1);
  if (threads === 1 || chosen === 'scalar') return startTrainEngine(await compile(chosen), reason ?? (threads > 1 ? 'the scalar variant has one thread' : undefined));
  const [module, memory] = [await compile(chosen), sharedTrainMemory()];
  if (memory) return startThreadedTrainEngine({ module, memory }, threads, (start, died) => startHelperOf(spawnTrainHelper(), start, died));
  return startTrainEngine(await compile(chooseTrainVariant(variant)), 'no shared memory could be had');
}
