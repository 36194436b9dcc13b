/** The network of fixtures/use.js by plain loops in double precision, and the comparison with what a consumer got. */

const numbers = (count, step) => Array.from({ length: count }, (_, i) => ((i * step) % 32) / 32 - 0.5);

const [CHANNELS, FILTERS, SIDE, CLASSES] = [2, 3, 8, 4];

function convRelu(x, weight, bias) {
  const y = [];
  for (let f = 0; f < FILTERS; f += 1)
    for (let row = 0; row < SIDE; row += 1)
      for (let column = 0; column < SIDE; column += 1) {
        let sum = bias[f];
        for (let c = 0; c < CHANNELS; c += 1)
          for (let i = 0; i < 9; i += 1) {
            const [r, s] = [row + Math.floor(i / 3) - 1, column + (i % 3) - 1];
            const inside = r >= 0 && s >= 0 && r < SIDE && s < SIDE;
            if (inside) sum += weight[(f * CHANNELS + c) * 9 + i] * x[(c * SIDE + r) * SIDE + s];
          }
        y.push(Math.max(0, sum));
      }
  return y;
}

export function expected() {
  const size = FILTERS * SIDE * SIDE;
  const hidden = convRelu(numbers(CHANNELS * SIDE * SIDE, 13), numbers(FILTERS * CHANNELS * 9, 7), numbers(FILTERS, 5));
  const [weight, bias] = [numbers(CLASSES * size, 11), numbers(CLASSES, 3)];
  return bias.map((start, k) => hidden.reduce((sum, value, i) => sum + value * weight[k * size + i], start));
}

function close(got, wanted, what) {
  const near = (value, i) => Number.isFinite(value) && Math.abs(value - wanted[i]) <= 1e-4 * Math.max(1, Math.abs(wanted[i]));
  if (Array.isArray(got) && got.length === wanted.length && got.every(near)) return;
  throw new Error(`${what}: expected [${wanted.join(', ')}], got ${JSON.stringify(got)}`);
}

/** @throws unless a consumer computed what is expected; returns what the table says of it */
export function verify(result) {
  if (!result || result.error) throw new Error(result?.error ?? 'no result');
  close(result.values, expected(), 'the network');
  close(result.onnx, [0, 2, 0, 4], 'the ONNX file');
  const { variant, threads } = result;
  return `${variant}, ${threads} thread${threads === 1 ? '' : 's'}`;
}

/** The same for text printed by a consumer: its last line is JSON. */
export function verifyPrinted(text) {
  return verify(JSON.parse(text.trim().split('\n').at(-1)));
}
