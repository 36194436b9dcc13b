/** The functions of exp have the same bits on every variant: they never use fused operations. */
import { describe, expect, test } from 'vitest';
import { Session } from '../../ts/session/session.js';
import type { Variant } from '../../ts/wasm/variant.js';
import { gelu, logSoftmax, sequential, sigmoid, silu, softmax, tanh, toGraph } from '../../ts/ops/layers.js';
import type { Layer } from '../../ts/ops/layers.js';
import { tensor } from '../../ts/tensor/tensor.js';
import { openVariant, RUNNABLE } from '../golden/engine.js';
import { formulaSource } from '../golden/formula.js';

const FUNCTIONS: Readonly<Record<string, () => Layer>> = { sigmoid, tanh, silu, gelu, geluTanh: () => gelu({ approximate: 'tanh' }), softmax, logSoftmax };

/** Floats of every sign and exponent but that of NaN and infinity, 33 mantissas of each; not a multiple of a vector. */
function floats(): Float32Array<ArrayBuffer> {
  const bits = Array.from({ length: 510 * 33 + 1 }, (_, i) => {
    const top = Math.floor(i / 33) % 510;
    const exponent = top % 255;
    return ((top < 255 ? 0 : 0x80000000) | (exponent << 23) | Math.floor(((i % 33) * 0x7fffff) / 32)) >>> 0;
  });
  return new Float32Array(Uint32Array.from(bits).buffer);
}

function bitsOf(variant: Variant, layer: Layer, data: Float32Array): Uint32Array {
  const shape = [1, data.length];
  const net = toGraph(sequential([layer], { input: shape }));
  const session = new Session(openVariant(variant), net, formulaSource([]));
  const [output] = Object.values(session.run({ [net.inputs[0]?.name ?? '']: tensor(data, shape) }));
  const result = new Uint32Array((output?.data as Float32Array).slice().buffer);
  session.dispose();
  return result;
}

describe.each(Object.entries(FUNCTIONS))('%s', (name, layer) => {
  test('has the bits of the first variant on all others', () => {
    // The softmax of all floats at once is that of the largest: it gets those between -64 and 64.
    const data = name.endsWith('oftmax') ? floats().filter((x) => Math.abs(x) < 64) : floats();
    const [first, ...others] = RUNNABLE.map((variant) => bitsOf(variant, layer(), data));
    expect(others.length).toBeGreaterThan(0);
    expect(new Set(first).size).toBeGreaterThan(1000);
    for (const other of others) expect(Buffer.compare(Buffer.from((first as Uint32Array<ArrayBuffer>).buffer), Buffer.from(other.buffer as ArrayBuffer))).toBe(0);
  });
});
