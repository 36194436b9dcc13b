/** What layers say of 8 x 8 pixels. The network is built here: its layers would take the page's thread a while to load. */
import { expose } from 'comlink';
import { conv2d, flatten, graph, input, linear, load } from 'receptive/inline';
import { answer } from '../../engine/answer.js';
import type { Done } from '../../engine/answer.js';
import { numbersOf } from '../../engine/numbers.js';

const SIDE = 8;
const COUNT = SIDE * SIDE;
const EDGE = [-1, 0, 1, -2, 0, 2, -1, 0, 1];

export interface Asked {
  /** Three numbers each, row by row. */
  readonly pixels: readonly (readonly number[])[];
  /** Of the three channels. */
  readonly mix: readonly number[];
  /** The weights of the fully connected unit. */
  readonly unit: readonly number[];
}

export type Seen = Readonly<Record<'mixed' | 'edges' | 'unit', Float32Array>>;

const x = input([1, 3, SIDE, SIDE]);
const mixed = conv2d(3, 1, 1, { bias: false, name: 'mix' })(x);
const edges = conv2d(1, 1, 3, { bias: false, name: 'edge' })(mixed);
const net = graph({ x }, { mixed, edges, unit: linear(COUNT, 1, { bias: false, name: 'unit' })(flatten()(mixed)) });

async function see({ pixels, mix, unit }: Asked): Promise<Seen> {
  const weights = { 'mix.weight': numbersOf(mix, [1, 3, 1, 1]), 'edge.weight': numbersOf(EDGE, [1, 1, 3, 3]), 'unit.weight': numbersOf(unit, [1, COUNT]) };
  const model = await load(net, { weights });
  const outputs = model.run({ x: numbersOf([0, 1, 2].flatMap((c) => pixels.map((pixel) => pixel[c]!)), [1, 3, SIDE, SIDE]) });
  const seen = Object.fromEntries((['mixed', 'edges', 'unit'] as const).map((name) => [name, Float32Array.from(outputs[name]!.data as Float32Array)]));
  model.dispose();
  return seen as Seen;
}

const look = (asked: Asked): Promise<Done<Seen>> => answer(() => see(asked));

export interface LookWork {
  look: typeof look;
}

expose({ look } satisfies LookWork);
