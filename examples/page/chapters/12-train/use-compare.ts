/** The fully connected and the convolutional network, each with pixels in place and shuffled, one after the other. */
import { useSignal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { NetName, Plan, Sources } from './session.js';
import { begin } from './use-run.js';

/** Updates of each network: after so many the convolution has lost most by the shuffling. */
export const UPDATES = 100;

export interface Compared {
  readonly net: NetName;
  readonly shuffled: boolean;
  readonly updates: number;
  /** Part right of digits never seen, once it has learned. */
  readonly accuracy?: number | undefined;
}

export interface Comparison {
  readonly rows: ReadonlySignal<readonly Compared[]>;
  readonly running: ReadonlySignal<boolean>;
  readonly error: ReadonlySignal<unknown>;
  readonly start: () => void;
  readonly stop: () => void;
}

const FOUR: readonly Compared[] = (['dense', 'lenet'] as const).flatMap((net) => [false, true].map((shuffled) => ({ net, shuffled, updates: 0 })));

/** @param sourcesOf - digits with their pixels in place, or shuffled */
export function useCompare(plan: Omit<Plan, 'net' | 'weights'>, sourcesOf: (shuffled: boolean) => Sources | undefined): Comparison {
  const [rows, running, error] = [useSignal(FOUR), useSignal(false), useSignal<unknown>(undefined)];
  const turn = useRef(0);
  const stop = (): void => {
    turn.current++;
    running.value = false;
  };
  const start = (): void => {
    const mine = ++turn.current;
    [rows.value, running.value, error.value] = [FOUR, true, undefined];
    const set = (at: number, change: Partial<Compared>): void => {
      if (turn.current === mine) rows.value = rows.value.map((row, i) => (i === at ? { ...row, ...change } : row));
    };
    const all = async (): Promise<void> => {
      for (const [at, { net, shuffled }] of FOUR.entries()) {
        const sources = sourcesOf(shuffled);
        if (turn.current !== mine || !sources) return;
        await learnOne({ ...plan, net }, sources, () => turn.current === mine, (change) => set(at, change));
      }
    };
    all().catch((problem: unknown) => {
      if (turn.current === mine) error.value = problem;
    }).finally(() => {
      if (turn.current === mine) running.value = false;
    });
  };
  useEffect(() => stop, []);
  return { rows, running, error, start, stop };
}

/** Updates between two pictures of how far it is. */
const TOLD = 10;

async function learnOne(plan: Plan, sources: Sources, goesOn: () => boolean, tell: (change: Partial<Compared>) => void): Promise<void> {
  const session = await begin(plan, sources);
  try {
    let updates = 0;
    await session.learn(UPDATES, () => {
      if (!goesOn()) session.pause();
      if (++updates % TOLD === 0) tell({ updates });
    });
    const last = session.log().judgements.at(-1);
    tell({ updates, accuracy: last?.accuracy });
  } finally {
    await session.end();
  }
}
