/** Work that takes time, in a component. */
import { useSignal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** The last answer stays on show while the next is computed. */
export interface WorkState<T> {
  readonly value?: T | undefined;
  readonly error?: unknown;
  readonly busy: boolean;
}

/**
 * Computes when what it depends on changes. One at a time: while one runs, of those that are asked for only the last is kept. So a slider
 * never builds up a queue. An answer is never older than the one before.
 */
export function useWork<T>(work: () => Promise<T>, depends: readonly unknown[]): ReadonlySignal<WorkState<T>> {
  const state = useSignal<WorkState<T>>({ busy: true });
  const line = useRef<{ running: boolean; gone: boolean; next?: (() => Promise<T>) | undefined }>({ running: false, gone: false });
  useEffect(() => {
    const at = line.current;
    at.next = work;
    if (!at.running) void go();
    async function go(): Promise<void> {
      at.running = true;
      state.value = { ...state.value, busy: true };
      while (at.next && !at.gone) {
        const now = at.next;
        at.next = undefined;
        let answer: WorkState<T>;
        try {
          answer = { value: await now(), busy: at.next !== undefined };
        } catch (error) {
          answer = { error, busy: at.next !== undefined };
        }
        if (!at.gone) state.value = answer;
      }
      at.running = false;
    }
  }, depends);
  useEffect(() => {
    const at = line.current;
    at.gone = false;
    return () => {
      at.gone = true;
    };
  }, []);
  return state;
}
