/** Lets one task run at a time, in the order they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** @returns what `task` gives, which starts when all before it have ended, well or not */
  take<T>(task: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(task, task);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}
