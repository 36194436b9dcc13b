import { sigmoid } from './floats.js';

/** Where logits of candidates and classes lie. Strides are in elements. */
export interface Logits {
  readonly candidates: number;
  readonly classes: number;
  readonly candidateStride: number;
  readonly classStride: number;
  readonly offset: number;
}

/**
 * Probabilities [candidates, classes] by a softmax over the classes of each.
 * @param objectness - where the logit of each candidate lies whose sigmoid multiplies its probabilities
 */
export function softmaxed(
  values: Float32Array, { candidates, classes, candidateStride, classStride, offset }: Logits, objectness?: { readonly offset: number; readonly stride: number },
): Float32Array {
  const out = new Float32Array(candidates * classes);
  for (let i = 0; i < candidates; i++) {
    const from = offset + i * candidateStride;
    let [largest, sum] = [-Infinity, 0];
    for (let k = 0; k < classes; k++) largest = Math.max(largest, values[from + k * classStride]!);
    for (let k = 0; k < classes; k++) sum += Math.exp(values[from + k * classStride]! - largest);
    const share = (objectness ? sigmoid(values[objectness.offset + i * objectness.stride]!) : 1) / sum;
    for (let k = 0; k < classes; k++) out[i * classes + k] = Math.exp(values[from + k * classStride]! - largest) * share;
  }
  return out;
}
