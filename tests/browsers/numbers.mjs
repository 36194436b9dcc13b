/**
 * Numbers in [-1, 1) that look random and are the same in every engine, as those of Math.sin need not be.
 * @param {number} length
 */
export function numbers(length) {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >> 8) / 2 ** 23;
  });
}
