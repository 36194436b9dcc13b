/** PyTorch in a process of its own, asked step by step; not everybody has it. */
import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { MOMENTUM, RATE } from './batch.mjs';

const SCRIPT = fileURLToPath(new URL('learner.py', import.meta.url));

/** Nodes before the first that has a trainable parameter. */
function frozenNodes({ graph, trainable }) {
  return graph.nodes.findIndex(({ params }) => Object.values(params).some((name) => trainable.has(name)));
}

/** @param python - a Python that has torch @throws Error where it has none */
export async function openTorch(net, data, { python, threads }) {
  const file = join(tmpdir(), `receptive-bench-${process.pid}.f32`);
  const tensors = [...Object.entries(data.params), ['x', data.x], ['target', data.target]];
  writeFileSync(file, Buffer.concat(tensors.map(([, { data: numbers }]) => Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength))));
  const child = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, OMP_NUM_THREADS: String(threads) } });
  let errors = '';
  child.stderr.on('data', (text) => (errors += text));
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line) => {
    child.stdin.write(`${line}\n`);
    const { done, value } = await lines.next();
    if (done) throw new Error(errors.trim().split('\n').at(-1));
    return JSON.parse(value);
  };
  const nodes = net.graph.nodes.map(({ op, inputs, outputs, params }) => ({ type: op.type, attrs: op.attrs, inputs, outputs, params }));
  const { version } = await ask(JSON.stringify({
    file, threads, nodes, frozen: Math.max(0, frozenNodes(net)), input: net.graph.inputs[0].value, rate: RATE, momentum: MOMENTUM,
    tensors: tensors.map(([name, { shape }]) => [name, shape]), trainable: [...net.trainable],
  })).finally(() => rmSync(file));
  return { name: 'pytorch', version, step: () => ask('step'), dispose: () => child.stdin.end() };
}
