import type { HostContext } from '../lib/op.js';
import type { Activation } from './functions.js';

/** What one step of one sequence sees. */
export interface Step {
  /** What the input adds to each gate, [gates, hidden]. */
  readonly x: Float64Array;
  /** R times a vector for one gate, with its bias. */
  readonly product: (gate: number, vector: Float64Array) => Float64Array;
  readonly h: Float64Array;
  readonly c: Float64Array;
  /** Weights of the cell in its own gates: input, output, forget. */
  readonly peepholes: Float64Array | undefined;
}

export interface State {
  readonly h: Float64Array;
  readonly c: Float64Array;
}

/** A cell: its matrices, its functions where nothing is said, and a step. */
export interface Cell {
  readonly gates: number;
  readonly functions: readonly string[];
  readonly step: (step: Step, functions: readonly Activation[], context: HostContext) => State;
}

/** One gate: `f(x + R h + more)`. */
function gate({ x, h, product }: Step, at: number, f: Activation, more: (i: number) => number = () => 0): Float64Array {
  const hidden = h.length;
  return product(at, h).map((sum, i) => f(x[at * hidden + i]! + sum + more(i)));
}

const rnn: Cell = {
  gates: 1,
  functions: ['Tanh'],
  step: (step, [f]) => ({ h: gate(step, 0, f!), c: step.c }),
};

const gru: Cell = {
  gates: 3,
  functions: ['Sigmoid', 'Tanh'],
  step(step, [f, g], { attributes }) {
    const { x, h, product } = step;
    const hidden = h.length;
    const [update, reset] = [gate(step, 0, f!), gate(step, 1, f!)];
    const after = attributes.int('linear_before_reset', 0) !== 0;
    const seen = after ? product(2, h).map((sum, i) => reset[i]! * sum) : product(2, h.map((value, i) => reset[i]! * value));
    return { h: seen.map((sum, i) => (1 - update[i]!) * g!(x[2 * hidden + i]! + sum) + update[i]! * h[i]!), c: step.c };
  },
};

const lstm: Cell = {
  gates: 4,
  functions: ['Sigmoid', 'Tanh', 'Tanh'],
  step(step, [f, g, last], { attributes }) {
    const { c, h, peepholes } = step;
    const hidden = h.length;
    const peep = (at: number, cells: Float64Array) => (i: number): number => (peepholes?.[at * hidden + i] ?? 0) * cells[i]!;
    const input = gate(step, 0, f!, peep(0, c));
    const coupled = attributes.int('input_forget', 0) !== 0;
    const forget = coupled ? input.map((value) => 1 - value) : gate(step, 2, f!, peep(2, c));
    const cells = gate(step, 3, g!).map((value, i) => forget[i]! * c[i]! + input[i]! * value);
    const output = gate(step, 1, f!, peep(1, cells));
    return { h: output.map((value, i) => value * last!(cells[i]!)), c: cells };
  },
};

export const CELLS = { GRU: gru, LSTM: lstm, RNN: rnn } as const;
