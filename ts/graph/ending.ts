import type { Graph } from './graph.js';
import type { OnProbabilities } from './op.js';

/**
 * What the numbers of an output are: probabilities of a softmax or a sigmoid; neither (`raw`); or the result of arithmetic on
 * probabilities, which may be anything (`unclear`).
 */
export type Ending = 'softmax' | 'sigmoid' | 'raw' | 'unclear';

/** Who writes a value: what it does, and the values it does it to. Constants are not among them. */
export interface Maker<Value> {
  readonly effect: OnProbabilities | undefined;
  readonly reads: readonly Value[];
}

type MakersOf<Value> = (value: Value) => readonly Maker<Value>[];

/** The makers where a way back from these values through operators of these effects ends; undefined for an input. */
function endsOf<Value>(from: readonly Value[], makersOf: MakersOf<Value>, through: readonly unknown[]): (Maker<Value> | undefined)[] {
  const reached = new Set(from);
  const ends: (Maker<Value> | undefined)[] = [];
  // A set that grows while it is walked is walked to its new end.
  for (const value of reached) {
    const makers = makersOf(value);
    if (makers.length === 0) ends.push(undefined);
    for (const maker of makers) {
      if (through.includes(maker.effect)) maker.reads.forEach((read) => reached.add(read));
      else ends.push(maker);
    }
  }
  return ends;
}

/** Looks back from an output through what keeps probabilities. `makersOf` may name several makers of a value: all must agree. */
export function endingOf<Value>(output: Value, makersOf: MakersOf<Value>): Ending {
  const effectOf = (maker: Maker<Value> | undefined): unknown => {
    if (maker?.effect !== 'exp') return maker?.effect;
    return endsOf(maker.reads, makersOf, ['kept']).every((end) => end?.effect === 'logSoftmax') ? 'softmax' : undefined;
  };
  const effects = (through: readonly OnProbabilities[]): unknown[] => endsOf([output], makersOf, through).map(effectOf);
  const isProbability = (effect: unknown): boolean => effect === 'softmax' || effect === 'sigmoid';
  const kept = effects(['kept']);
  if (kept.length > 0 && kept.every(isProbability)) return kept.includes('sigmoid') ? 'sigmoid' : 'softmax';
  const mixed = effects(['kept', 'mixed']);
  return mixed.length > 0 && mixed.every(isProbability) ? 'unclear' : 'raw';
}

/** The ending of a graph's first output. */
export function graphEnding({ nodes, outputs }: Graph): Ending {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((value) => [value, node] as const)));
  return endingOf(outputs[0]?.value ?? -1, (value) => {
    const node = makers.get(value);
    return node ? [{ effect: node.op.probabilities, reads: node.inputs }] : [];
  });
}
