const CLASSES = 10;

/** The class with the greatest score of an example. */
export function answerAt(output: Float32Array, at: number): number {
  const scores = output.subarray(at * CLASSES, (at + 1) * CLASSES);
  return scores.indexOf(Math.max(...scores));
}
