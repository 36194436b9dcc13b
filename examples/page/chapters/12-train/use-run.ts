/** A network that learns, in a component: it starts anew when a setting changes, and ends when the chapter is left. */
import { useSignal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useChange } from '../../app/use-change.js';
import type { Log, Plan, Session, Sources } from './session.js';

export interface Run {
  readonly log: ReadonlySignal<Log | undefined>;
  readonly error: ReadonlySignal<unknown>;
  readonly playing: ReadonlySignal<boolean>;
  readonly play: () => void;
  readonly pause: () => void;
  readonly step: () => void;
  /** From the start: with random weights, or with those of a file. */
  readonly restart: (weights?: Uint8Array) => void;
  /** The network as a file, and its name. */
  readonly file: () => Promise<{ readonly bytes: Uint8Array; readonly name: string } | undefined>;
}

/** What learns is read in a task of its own, after the chapter is on show. */
export const begin = async (plan: Plan, sources: Sources): Promise<Session> => (await import('./session.js')).Session.start(plan, sources);

/** Milliseconds between two pictures while it learns: long curves take longer to draw, and change less. */
const paceOf = (one: Session): number => (one.updates <= 200 ? 200 : 500);

/** @param own - the digits that were drawn: when others are there, what is read is judged anew */
export function useRun(data: Sources | undefined, plan: Omit<Plan, 'weights'>, own: unknown): Run {
  const [log, error, playing, generation] = [useSignal<Log | undefined>(undefined), useSignal<unknown>(undefined), useSignal(false), useSignal(0)];
  const session = useRef<Session | undefined>(undefined);
  const weights = useRef<Uint8Array | undefined>(undefined);
  useEffect(() => {
    if (!data) return;
    let gone = false;
    [log.value, error.value, playing.value] = [undefined, undefined, false];
    begin({ ...plan, weights: weights.current }, data).then(
      (started) => {
        if (gone) return void started.end();
        session.current = started;
        log.value = started.log();
      },
      (problem: unknown) => {
        if (!gone) error.value = problem;
      },
    );
    return () => {
      gone = true;
      void session.current?.end();
      session.current = undefined;
    };
  }, [data, plan.net, plan.optimizer, plan.seed, plan.examples, generation.value]);
  /** What goes wrong in a session that has ended since is no news. */
  const led = (lead: (one: Session) => Promise<void>): void => {
    const one = session.current;
    if (!one) return;
    const paint = (): void => {
      if (session.current === one) log.value = one.log();
    };
    lead(one).then(paint, (problem: unknown) => {
      if (session.current !== one) return;
      [error.value, playing.value] = [problem, false];
      paint();
    });
  };
  const play = (): void => {
    playing.value = true;
    let painted = 0;
    led((one) => one.play(() => {
      if (performance.now() - painted < paceOf(one) || session.current !== one) return;
      painted = performance.now();
      log.value = one.log();
    }));
  };
  const pause = (): void => {
    playing.value = false;
    session.current?.pause();
  };
  const step = (): void => {
    playing.value = false;
    led((one) => one.step());
  };
  const restart = (given?: Uint8Array): void => {
    weights.current = given;
    generation.value++;
  };
  const file: Run['file'] = async () => {
    const one = session.current;
    return one && { bytes: await one.file(), name: `${one.plan.net}.safetensors` };
  };
  // While it learns, the next judgement tells.
  useChange(() => {
    if (!playing.value) led((one) => one.look());
  }, [own]);
  useEffect(() => whileShown(playing, pause, () => error.value === undefined && play()), []);
  return { log, error, playing, play, pause, step, restart, file };
}

/** Nothing is learned in a hidden tab, nor in a page that is kept for the way back: it goes on when it is seen again. @returns what ends it */
function whileShown(playing: ReadonlySignal<boolean>, pause: () => void, goOn: () => void): () => void {
  let waiting = false;
  const turn = (): void => {
    const resume = waiting && !document.hidden;
    waiting = document.hidden && (waiting || playing.value);
    if (waiting) pause();
    if (resume) goOn();
  };
  document.addEventListener('visibilitychange', turn);
  return () => document.removeEventListener('visibilitychange', turn);
}
