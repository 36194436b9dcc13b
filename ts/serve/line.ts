import { AbortedError } from '../base/errors.js';
import type { Deadline } from './deadline.js';
import { overloaded } from './refusal.js';

/** How much of a new time goes into the mean of times: the last ten or so count. */
const WEIGHT = 0.1;

interface Waiting {
  readonly begin: () => void;
}

/**
 * Those who wait for a worker, in the order they came. It knows how long calls take, and refuses at once whoever would wait past its time: the
 * work would be for nobody, and all behind it would wait for it.
 */
export class Line {
  private readonly waiting = new Set<Waiting>();
  private running = 0;
  private mean = 0;

  /**
   * @param place - for messages
   * @param width - calls that run at the same time
   * @param most - calls that may wait
   */
  constructor(
    private readonly place: string,
    readonly width: number,
    private readonly most: number,
  ) {}

  /** Calls that wait. */
  get length(): number {
    return this.waiting.size;
  }

  /** Calls that have not been answered. */
  get pending(): number {
    return this.waiting.size + this.running;
  }

  /** Milliseconds that a call takes, of late. */
  get meanTime(): number {
    return this.mean;
  }

  /** Milliseconds until a call that comes now would begin. */
  get expectedWait(): number {
    return this.running < this.width ? 0 : ((this.waiting.size + 1) * this.mean) / this.width;
  }

  /** @throws Refusal (503) where the line is full, or a call that comes now would be answered past its time */
  expectRoom({ left }: Pick<Deadline, 'left'>): void {
    const { expectedWait: wait, mean } = this;
    if (this.running >= this.width && this.waiting.size >= this.most) {
      throw overloaded(this.place, `at most ${this.most} waiting requests`, String(this.waiting.size + 1), wait);
    }
    if (wait > 0 && wait + mean > left) {
      throw overloaded(this.place, `an answer within ${Math.max(0, Math.round(left))} ms`, `a queue of ${Math.round(wait)} ms`, wait);
    }
  }

  /**
   * Does the call when it is its turn.
   * @param begun - told when it begins
   * @throws Refusal as `expectRoom`; AbortedError where the deadline passes in the line; what the call throws
   */
  async pass<Answer>(deadline: Pick<Deadline, 'left' | 'signal'>, call: () => Promise<Answer>, begun: () => void): Promise<Answer> {
    this.expectRoom(deadline);
    if (this.running < this.width) this.running += 1;
    else await this.turn(deadline.signal);
    const started = performance.now();
    begun();
    try {
      const answer = await call();
      const ms = performance.now() - started;
      this.mean = this.mean === 0 ? ms : this.mean + WEIGHT * (ms - this.mean);
      return answer;
    } finally {
      this.leave();
    }
  }

  /** Resolves when it is this call's turn: the place of one that left is its own. */
  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const abort = (): void => {
        this.waiting.delete(waiting);
        reject(new AbortedError('aborted', { cause: signal.reason }));
      };
      const waiting: Waiting = {
        begin: () => {
          signal.removeEventListener('abort', abort);
          resolve();
        },
      };
      if (signal.aborted) return abort();
      this.waiting.add(waiting);
      signal.addEventListener('abort', abort, { once: true });
    });
  }

  private leave(): void {
    const [first] = this.waiting;
    if (!first) return void (this.running -= 1);
    this.waiting.delete(first);
    first.begin();
  }
}
