import { EngineError, WeightsError } from '../base/errors.js';
import { byteLengthOf } from '../formats/stored.js';
import type { StoredTensor, TensorSource } from '../formats/stored.js';
import { showShape } from '../base/show.js';

/** A parameter that a graph wants. */
export interface WantedParam {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What only training reads: BatchNorm's counter of batches, and the state that `receptive/train` saves beside the parameters. */
const OF_TRAINING = /(^|\.)num_batches_tracked$|^(optimizer|gradients) |: classWeights$/;

/** No message lists more names than a reader takes in. */
const MAX_LISTED = 20;

/**
 * Compares what a graph wants with what a source has, strictly: every name must be there, with its shape, and no other.
 * @throws WeightsError listing all that is missing, surplus or of another shape at once
 */
export function checkWeights(params: readonly WantedParam[], source: TensorSource): void {
  const present = new Set(source.names());
  const wanted = new Set(params.map(({ name }) => name));
  const missing = params.filter(({ name }) => !present.has(name)).map(({ name, shape }) => `${name} ${showShape(shape)}`);
  const surplus = [...present].filter((name) => !wanted.has(name) && !OF_TRAINING.test(name));
  const misshapen = params
    .filter(({ name }) => present.has(name))
    .map((param) => ({ ...param, got: source.get(param.name).shape }))
    .filter(({ shape, got }) => showShape(shape) !== showShape(got))
    .map(({ name, shape, got }) => `${name}: expected ${showShape(shape)}, got ${showShape(got)}`);
  const parts = [
    list('missing', missing),
    list('of another shape', misshapen),
    list('not used by the graph', surplus),
  ].filter((part) => part !== '');
  if (parts.length === 0) return;
  const first = [...missing, ...misshapen, ...surplus][0];
  throw new WeightsError(`weights do not fit the graph; ${parts.join('; ')}`, { place: first?.split(/[ :]/)[0] });
}

function list(what: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > MAX_LISTED ? ` and ${names.length - MAX_LISTED} more` : '';
  return `${what} (${names.length}): ${names.slice(0, MAX_LISTED).join(', ')}${more}`;
}

/** Tensors up to this size are kept for later plans (BatchNorm's vectors are folded anew for each); it is next to nothing. */
const KEPT_BYTES = 1 << 16;

/**
 * A source that can let go of its large tensors. Once they are packed in the engine nothing reads them again: a plan for
 * another input shape finds them there by their key.
 */
export class ReleasableSource implements TensorSource {
  private readonly tensors = new Map<string, StoredTensor>();
  private source: TensorSource | undefined;

  constructor(source: TensorSource) {
    this.source = source;
  }

  names(): Iterable<string> {
    return this.source?.names() ?? this.tensors.keys();
  }

  get(name: string): StoredTensor {
    const source = this.source ?? { get: (wanted: string) => this.kept(wanted) };
    return source.get(name);
  }

  private kept(name: string): StoredTensor {
    const found = this.tensors.get(name);
    if (found) return found;
    throw new WeightsError(`${name}: no tensor of this name`, { place: name });
  }

  /** Keeps names, shapes and small tensors, and drops the bytes of the others. */
  release(): void {
    if (!this.source) return;
    for (const name of this.source.names()) {
      const stored = this.source.get(name);
      const { dtype, shape } = stored;
      const kept = byteLengthOf(stored) <= KEPT_BYTES;
      this.tensors.set(name, kept ? { name, dtype, shape, bytes: new Uint8Array(stored.bytes) } : released(stored));
    }
    this.source = undefined;
  }
}

function released({ name, dtype, shape }: StoredTensor): StoredTensor {
  return {
    name,
    dtype,
    shape,
    get bytes(): Uint8Array {
      throw new EngineError(`${name}: needed in a new form for this input shape, but already packed and released`, {
        place: name,
        hint: 'load the model once for each of these input shapes',
      });
    },
  };
}
