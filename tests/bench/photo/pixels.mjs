/** What a program without a library for it does between pixels and an input, and between an output and a label. */

/** Means of blue, green and red, which the network was trained with. */
const MEAN = [104.006, 116.669, 122.679];

/**
 * Rows of RGB or RGBA to [3, H, W], blue first, means taken away.
 * @param channels - 3 or 4
 */
export function toInput(pixels, channels) {
  const size = pixels.length / channels;
  const out = new Float32Array(3 * size);
  for (let i = 0, from = 0; i < size; i += 1, from += channels) {
    out[i] = pixels[from + 2] - MEAN[0];
    out[size + i] = pixels[from + 1] - MEAN[1];
    out[2 * size + i] = pixels[from] - MEAN[2];
  }
  return out;
}

/** The likeliest class and its probability, by softmax. */
export function likeliest(scores) {
  const index = scores.reduce((best, score, i) => (score > scores[best] ? i : best), 0);
  const sum = scores.reduce((total, score) => total + Math.exp(score - scores[index]), 0);
  return { index, probability: 1 / sum };
}
