import { AbortedError } from '../base/errors.js';
import { Refusal } from './refusal.js';

/** Until when an answer is of use: until its time is over, or its client is gone. */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly started = performance.now();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private ms: number;
  private late = false;
  private readonly gone = (): void => this.controller.abort();

  /** @param client - aborts when the client is gone */
  constructor(
    ms: number,
    private readonly client: AbortSignal,
  ) {
    this.ms = ms;
    if (client.aborted) this.gone();
    else client.addEventListener('abort', this.gone, { once: true });
    this.start();
  }

  /** For the work behind the answer. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Milliseconds that are left. */
  get left(): number {
    return this.ms - (performance.now() - this.started);
  }

  /** Milliseconds that it had from the beginning. */
  get whole(): number {
    return this.ms;
  }

  /** A client may wait less than it is given, never longer. */
  shorten(ms: number): void {
    if (ms >= this.ms) return;
    this.ms = ms;
    this.start();
  }

  /** An abort as what it is: 504 where the time was over. */
  explain(error: unknown): unknown {
    if (!(error instanceof AbortedError) || !this.late) return error;
    return new Refusal(504, new AbortedError(`the answer took longer than ${Math.round(this.ms)} ms; ask for less, or give it more time`, { cause: error }));
  }

  /** Forgets timer and listener. */
  end(): void {
    clearTimeout(this.timer);
    this.client.removeEventListener('abort', this.gone);
  }

  private start(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.late = true;
      this.controller.abort();
    }, Math.max(0, this.left));
  }
}
