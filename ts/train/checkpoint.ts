import { FormatError } from '../base/errors.js';
import { readSafetensors } from '../formats/safetensors.js';
import { writeSafetensors } from '../formats/safetensors-write.js';
import type { StoredTensor } from '../formats/stored.js';
import { widen } from '../formats/widen.js';
import { count } from '../tensor/shape.js';
import { isPosition } from './position.js';
import type { Position } from './position.js';
import type { TrainSession, Numbers } from './session.js';

/** What a checkpoint says beside its tensors, under `receptive.training` of the file's metadata. */
interface State {
  readonly updates: number;
  readonly draws: number;
  readonly summed: number;
  readonly seed: string;
  readonly position: Position;
}

const KEY = 'receptive.training';
const FORMAT = 1;

/** A checkpoint read: parameters and optimiser's state by the names under which they are kept. */
export interface Checkpoint extends State {
  readonly values: ReadonlyMap<string, Numbers>;
}

/**
 * Everything that goes on from run to run as a safetensors file: parameters under their names, the optimiser's state as
 * `optimizer NAME`, and in the metadata the seed, how many updates and draws there were, and where
 * the fit stands.
 */
export function writeCheckpoint(session: TrainSession, position: Position): Uint8Array {
  const { graph, seed } = session.options;
  const shapes = new Map(graph.params.map(({ name, shape }) => [name, shape]));
  const tensors = session.store.names().map((name): StoredTensor => {
    const data = session.store.get(name);
    return { name, dtype: 'F32', shape: shapes.get(name) ?? [data.length], bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  });
  const { updates, draws, summed } = session;
  return writeSafetensors(tensors, { [KEY]: JSON.stringify({ format: FORMAT, updates, draws, summed, seed: String(seed), position }) });
}

/** @throws FormatError for a file that is no checkpoint of training */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
  const file = readSafetensors(bytes, 'resume');
  const state = parse(file.metadata.get(KEY));
  const values = new Map<string, Numbers>();
  for (const [name, stored] of file.tensors) {
    values.set(name, { shape: stored.shape, data: widen(stored, 0, count(stored.shape)).slice() });
  }
  return { ...state, values };
}

function parse(text: string | undefined): State {
  const hint = 'give what trainer.save() gave; weights alone go into the option weights';
  try {
    const state = JSON.parse(text ?? 'null') as (State & { format: number }) | null;
    const whole = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
    if (state?.format === FORMAT && [state.updates, state.draws, state.summed].every(whole) && /^\d+$/.test(state.seed) && isPosition(state.position)) return state;
  } catch {
    // Said below.
  }
  throw new FormatError(`resume: the file has no state of training; ${hint}`, { place: 'resume', expected: KEY, hint });
}
