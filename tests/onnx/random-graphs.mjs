/**
 * Runs the graphs of random_graphs.py in the built package and compares with the answers of onnxruntime.
 *
 *   node tests/onnx/random-graphs.mjs GRAPHS.jsonl [--variant scalar|simd|relaxed] [--unoptimized] [--only SEED] [--most 20]
 *
 * Numbers may differ by 1e-3 of themselves and 1e-4 of the largest of their tensor; NaN and infinities must stand where they stand
 * there. Exits with 1 if any graph differs.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { load, tensor } from '../../dist/node/inline.js';

const RELATIVE = 1e-3;
const OF_LARGEST = 1e-4;
const ARRAYS = { float32: Float32Array, int64: BigInt64Array, int32: Int32Array, bool: Uint8Array };

function decoded({ dtype, shape, data }) {
  const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
  return tensor(new ARRAYS[dtype](bytes.buffer), shape, dtype);
}

/** What is wrong with an answer, or nothing. */
function difference(got, expected) {
  if (!got) return 'is missing';
  if (got.dtype !== expected.dtype || String(got.shape) !== String(expected.shape)) {
    return `is ${got.dtype} [${got.shape}], expected ${expected.dtype} [${expected.shape}]`;
  }
  const finite = Array.from(expected.data, Number).filter(Number.isFinite);
  const largest = finite.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  for (let i = 0; i < expected.data.length; i++) {
    const [a, b] = [Number(got.data[i]), Number(expected.data[i])];
    if (Object.is(a, b) || a === b) continue;
    if (!(Math.abs(a - b) <= RELATIVE * Math.abs(b) + OF_LARGEST * largest) || !Number.isFinite(b)) return `element ${i} of [${expected.shape}] is ${a}, expected ${b}`;
  }
  return undefined;
}

async function wrong({ model: bytes, inputs, outputs }, options) {
  let model;
  try {
    model = await load(Uint8Array.from(Buffer.from(bytes, 'base64')), options);
    const given = Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, decoded(x)]));
    const answers = model.run(given);
    for (const [name, expected] of Object.entries(outputs)) {
      const why = difference(answers[name], decoded(expected));
      if (why) return `${name} ${why}`;
    }
  } catch (error) {
    return `${error.name}: ${error.message}`;
  } finally {
    model?.dispose();
  }
  return undefined;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { variant: { type: 'string', default: 'simd' }, unoptimized: { type: 'boolean' }, only: { type: 'string' }, most: { type: 'string', default: '20' } },
});
let [count, failed] = [0, 0];
for await (const line of createInterface({ input: createReadStream(positionals[0] ?? '') })) {
  const graph = JSON.parse(line);
  if (values.only && String(graph.seed) !== values.only) continue;
  count++;
  const why = await wrong(graph, { variant: values.variant, optimize: !values.unoptimized });
  if (why === undefined) continue;
  if (++failed <= Number(values.most)) console.log(`${graph.seed} ${graph.ops.join(' ')}: ${why}`);
}
console.log(`${count} graphs on ${values.variant}${values.unoptimized ? ', unoptimized' : ''}: ${failed} differ`);
process.exitCode = failed > 0 || count === 0 ? 1 : 0;
