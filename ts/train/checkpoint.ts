import { FormatError, WeightsError } from '../base/errors.js';
import { showShape } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { readSafetensors } from '../formats/safetensors.js';
import { writeSafetensors } from '../formats/safetensors-write.js';
import type { StoredTensor } from '../formats/stored.js';
import { widen } from '../formats/widen.js';
import { count } from '../tensor/shape.js';
import type { Graph } from '../graph/graph.js';
import { FOLDED } from './fold.js';
import type { Update } from './optimizers.js';
import { STATE, SUM } from './state-names.js';
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
  /** The kind of the optimiser whose state it has. */
  readonly optimizer: string;
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
  const { graph, seed, optimizer } = session.options;
  const shapes = new Map(graph.params.map(({ name, shape }) => [name, shape]));
  const tensors = session.store.names().filter((name) => !name.startsWith(FOLDED)).map((name): StoredTensor => {
    const data = session.store.get(name);
    return { name, dtype: 'F32', shape: shapes.get(name) ?? [data.length], bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
  });
  const { updates, draws, summed } = session;
  return writeSafetensors(tensors, { [KEY]: JSON.stringify({ format: FORMAT, updates, draws, summed, seed: String(seed), position, optimizer: optimizer.update.kind }) });
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
    if (state?.format === FORMAT && [state.updates, state.draws, state.summed].every(whole) && /^\d+$/.test(state.seed) && isPosition(state.position) && typeof state.optimizer === 'string') return state;
  } catch {
    // Said below.
  }
  wrong('resume', 'a file with the state of training', 'one without', { as: FormatError, hint });
}

/**
 * Refuses what was saved of another network, or with another optimiser; parameters that learn now and did not then begin without a state.
 * @throws WeightsError naming the tensor; ArgumentError for another optimiser
 */
export function expectCheckpoint({ values, optimizer }: Checkpoint, graph: Graph, { kind }: Update, slots: number): void {
  const params = new Map(graph.params.map(({ name, shape }) => [name, count(shape)]));
  for (const { name, shape } of graph.params) {
    const [expected, got] = [showShape(shape), showShape(values.get(name)?.shape ?? [])];
    if (!values.has(name)) wrong('resume', name, 'none', { as: WeightsError, hint: ANOTHER });
    if (expected !== got) wrong(`resume: ${name}`, expected, got, { as: WeightsError, hint: ANOTHER });
  }
  if (optimizer !== kind) wrong('resume', `the state of ${kind}`, `that of ${optimizer}`, { hint: 'take the optimiser that it was saved with, or give the file as weights' });
  for (const [name, { shape }] of values) {
    if (params.has(name) || isLossState(name)) continue;
    const owner = [STATE, SUM].find((prefix) => name.startsWith(prefix));
    const expected = owner === undefined ? undefined : params.get(name.slice(owner.length));
    if (expected === undefined) wrong('resume', 'parameters of the network', name, { as: WeightsError, hint: ANOTHER });
    const length = owner === STATE ? slots * expected : expected;
    if (count(shape) !== length) wrong(`resume: ${name}`, `${length} numbers`, String(count(shape)), { as: WeightsError, hint: ANOTHER });
  }
}

const ANOTHER = 'it was saved of another network, or with other options of the optimiser';

/** Class weights, which the losses give anew. */
const isLossState = (name: string): boolean => /^loss( \d+)?: /.test(name);

/** Whether a tensor of a checkpoint is no parameter. */
export const isState = (name: string): boolean => name.startsWith(STATE) || name.startsWith(SUM) || isLossState(name);

/** Whether a file is a checkpoint, by its metadata. */
export const isCheckpoint = (metadata: ReadonlyMap<string, string>): boolean => metadata.has(KEY);
