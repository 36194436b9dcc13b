import { count } from '../graph/op.js';
import type { Graph } from '../graph/graph.js';
import { FOLDED } from './fold.js';
import { bytesOf, lifetimesOf, valuesOf } from './lifetimes.js';
import type { Lifetime } from './lifetimes.js';
import type { TrainProgram } from './program.js';

/** A layer, and what is kept of it until the way back. */
export interface TrainLayer {
  /** As the graph calls it; inputs and losses have rows of their own. */
  readonly name: string;
  /** Its operator, `Input` or `Loss`. */
  readonly type: string;
  /** Numbers in its parameters, running statistics included. */
  readonly parameters: number;
  /** Whether any of them learns. */
  readonly trainable: boolean;
  /** Bytes of what it computed that are kept for the backward. */
  readonly kept: number;
  /** What reads it there, or why nothing is kept. */
  readonly why: string;
}

/** What a step keeps, and what it needs. */
export interface TrainSummary {
  /** In the order in which they are computed. */
  readonly layers: readonly TrainLayer[];
  /** Numbers in all parameters. */
  readonly parameters: number;
  /** Numbers in those that learn. */
  readonly trainable: number;
  /** Of one step. */
  readonly bytes: TrainBytes;
}

/** Bytes of a step. */
export interface TrainBytes {
  /** Values that are kept for the backward. */
  readonly kept: number;
  /** All parameters, running statistics included. */
  readonly parameters: number;
  /** The optimiser's state, and sums of gradients. */
  readonly optimizer: number;
  /** All that is in memory at the same time, at most, the above included: about what the engine will allocate. */
  readonly arena: number;
}

/** Bytes of a float32. */
const BYTES = 4;

/** @param trainable - names of the parameters that learn */
export function summaryOf(graph: Graph, program: TrainProgram, trainable: ReadonlySet<string>): TrainSummary {
  const kept = keptOf(program);
  const sizes = new Map(graph.params.map(({ name, shape }) => [name, count(shape)]));
  const sum = (names: Iterable<string>): number => [...names].reduce((total, name) => total + (sizes.get(name) ?? 0), 0);
  const row = (name: string, type: string, params: readonly string[] = []): TrainLayer => {
    const own = params.some((param) => trainable.has(param));
    return { name, type, parameters: sum(params), trainable: own, ...describe(kept.get(name), leads(program, name)) };
  };
  const layers = [
    ...graph.inputs.map(({ name }) => row(name, 'Input')),
    ...graph.nodes.map(({ name, op, params }) => row(name, op.type, Object.values(params))),
    ...lossesOf(graph, program).map((name) => row(name, 'Loss')),
  ];
  const state = program.kept.filter(({ name }) => !sizes.has(name) && !name.startsWith(FOLDED)).reduce((total, { shape }) => total + count(shape), 0);
  const parameters = sum(sizes.keys());
  return {
    layers, parameters, trainable: sum(trainable),
    bytes: { kept: layers.reduce((total, layer) => total + layer.kept, 0), parameters: BYTES * parameters, optimizer: BYTES * state, arena: bytesOf(program) },
  };
}

interface Kept {
  bytes: number;
  /** Layers whose backward reads it. */
  readonly readers: Set<string>;
}

/** What was computed on the way forward, or fed, and is read on the way back, by the layer that it came from. */
function keptOf(program: TrainProgram): Map<string, Kept> {
  const found = new Map<string, Kept>();
  const lifetimes = lifetimesOf(program);
  const readers = readersOf(program);
  const fed = new Map(program.inputs.slice(0, program.fed.length).map((value, i) => [value, program.fed[i]!.name]));
  const given = new Set(program.inputs.slice(program.fed.length));
  lifetimes.forEach((lifetime, value) => {
    const read = readers.get(value);
    const from = fed.get(value) ?? madeBy(program, lifetime);
    if (!read || from === undefined || given.has(value)) return;
    const kept = found.get(from) ?? { bytes: 0, readers: new Set() };
    kept.bytes += BYTES * program.lens[value]!;
    read.forEach((layer) => kept.readers.add(layer));
    found.set(from, kept);
  });
  return found;
}

/** The layer that made a value on the way forward. */
function madeBy({ steps }: TrainProgram, { first, last }: Lifetime): string | undefined {
  const step = first > last ? undefined : steps[first];
  return step?.phase === 'forward' ? step.layer : undefined;
}

function readersOf({ steps }: TrainProgram): Map<number, Set<string>> {
  const readers = new Map<number, Set<string>>();
  for (const step of steps) {
    if (step.phase !== 'backward') continue;
    for (const value of valuesOf(step)) {
      const layers = readers.get(value);
      if (layers) layers.add(step.layer);
      else readers.set(value, new Set([step.layer]));
    }
  }
  return readers;
}

const leads = ({ steps }: TrainProgram, name: string): boolean => steps.some(({ layer, phase }) => layer === name && phase === 'backward');

function lossesOf({ nodes }: Graph, { steps }: TrainProgram): string[] {
  const names = new Set(nodes.map(({ name }) => name));
  return [...new Set(steps.filter(({ phase, layer }) => phase === 'forward' && !names.has(layer)).map(({ layer }) => layer))];
}

function describe(kept: Kept | undefined, back: boolean): Pick<TrainLayer, 'kept' | 'why'> {
  if (kept) return { kept: kept.bytes, why: `read on the way back by ${[...kept.readers].join(', ')}` };
  return { kept: 0, why: back ? 'its gradient needs nothing that it gave' : 'no gradient goes back through it' };
}
