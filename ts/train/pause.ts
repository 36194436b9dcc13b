/** How long calls that answer at once may follow each other, in ms. */
const LONGEST = 100;

/** Lets timers, messages and signals have their turn between calls that block the thread. */
export class Pauses {
  private last = performance.now();

  /**
   * The answer of a call, once it is there.
   * @param answer - of a call that blocked, or its promise: a promise leaves the thread free by itself
   */
  async after<Answer>(answer: Answer | Promise<Answer>): Promise<Answer> {
    if (answer instanceof Promise) return answer;
    if (performance.now() - this.last > LONGEST) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.last = performance.now();
    }
    return answer;
  }
}
