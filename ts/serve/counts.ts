import type { Told } from './told.js';

/** How often, and for how many milliseconds in all. */
export interface Sum {
  readonly count: number;
  readonly ms: number;
}

const NOTHING: Sum = { count: 0, ms: 0 };

const more = ({ count, ms }: Sum, time: number): Sum => ({ count: count + 1, ms: ms + time });

/** What a model has done since it was loaded. */
export class Counts {
  success = NOTHING;
  fail = NOTHING;
  queue = NOTHING;
  input = NOTHING;
  run = NOTHING;
  /** Milliseconds since 1970; 0 for never. */
  last = 0;

  succeeded({ queue = 0, decode = 0, preprocess = 0, run = 0 }: Told): void {
    this.success = more(this.success, queue + decode + preprocess + run);
    this.queue = more(this.queue, queue);
    this.input = more(this.input, decode + preprocess);
    this.run = more(this.run, run);
    this.last = Date.now();
  }

  failed(ms: number): void {
    this.fail = more(this.fail, ms);
  }
}
