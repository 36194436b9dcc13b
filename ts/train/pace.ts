/** Time that a fit has spent on steps, and images it has seen: what it reports to takes time of its own, which does not count. */
export interface Spent {
  readonly seconds: number;
  readonly images: number;
}

const NOTHING: Spent = { seconds: 0, images: 0 };

/** A clock that can be stopped. */
export class Pace {
  private spent = NOTHING;
  private from: number | undefined;

  get total(): Spent {
    return this.spent;
  }

  start(): void {
    this.from = performance.now();
  }

  stop(): void {
    if (this.from === undefined) return;
    this.spent = { ...this.spent, seconds: this.spent.seconds + (performance.now() - this.from) / 1000 };
    this.from = undefined;
  }

  add(images: number): void {
    this.spent = { ...this.spent, images: this.spent.images + images };
  }

  /** How long, and how fast. */
  since(before = NOTHING): { readonly seconds: number; readonly imagesPerSecond: number } {
    const [seconds, images] = [this.spent.seconds - before.seconds, this.spent.images - before.images];
    // A clock may be too coarse to see a small step.
    return { seconds, imagesPerSecond: images / Math.max(seconds, 1e-6) };
  }
}
