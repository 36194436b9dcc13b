/** Weights and inputs made by a formula: the benchmark needs numbers of the right size, not a trained network. */

export const product = (shape) => shape.reduce((a, b) => a * b, 1);

/** Numbers in [-1, 1) by a linear congruential generator. */
function generator() {
  let seed = 1;
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 31 - 1;
  };
}

/** Uniform, scaled by fan-in, so that activations stay near 1; variances positive. */
function rangeOf(name, shape) {
  if (name.endsWith('running_var')) return [1.15, 0.15];
  if (shape.length > 1) return [0, Math.sqrt(6 / product(shape.slice(1)))];
  return [name.endsWith('weight') ? 1 : 0, 0.1];
}

/** The parameters of a graph by name, as `{ shape, data }`; made once and shared by all engines. */
export function weightsOf(graph) {
  const random = generator();
  const entries = graph.params.map(({ name, shape }) => {
    const [offset, scale] = rangeOf(name, shape);
    const data = new Float32Array(product(shape));
    for (let i = 0; i < data.length; i += 1) data[i] = offset + scale * random();
    return [name, { shape, data }];
  });
  return Object.fromEntries(entries);
}

export function inputOf(shape) {
  return Float32Array.from({ length: product(shape) }, (_, i) => Math.sin(i));
}

/** [N, C, H, W] to [N, H, W, C]. */
export function toNhwc(data, [n, c, h, w]) {
  return permuted(data, n, c, h * w);
}

/** [N, H, W, C] to [N, C, H, W]; `shape` is the latter. */
export function toNchw(data, [n, c, h, w]) {
  return permuted(data, n, h * w, c);
}

/** [N, rows, columns] to [N, columns, rows]. */
export function permuted(data, n, rows, columns) {
  const out = new Float32Array(data.length);
  const size = rows * columns;
  for (let image = 0; image < n; image += 1) {
    for (let row = 0; row < rows; row += 1) {
      const from = image * size + row * columns;
      for (let column = 0; column < columns; column += 1) out[image * size + column * rows + row] = data[from + column];
    }
  }
  return out;
}
