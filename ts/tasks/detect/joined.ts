import type { RawBoxes } from './head.js';

/** The boxes of several maps as one list. */
export function joined(parts: readonly RawBoxes[]): RawBoxes {
  const count = parts.reduce((sum, { scores }) => sum + scores.length, 0);
  const whole = { boxes: new Float32Array(4 * count), scores: new Float32Array(count), classes: new Uint32Array(count) };
  let at = 0;
  for (const { boxes, scores, classes } of parts) {
    whole.boxes.set(boxes, 4 * at);
    whole.scores.set(scores, at);
    whole.classes.set(classes, at);
    at += scores.length;
  }
  return whole;
}
