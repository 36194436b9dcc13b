import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Variant } from '../../ts/wasm/variant.js';
import { evaluateGraph } from '../../ts/onnx/plan/evaluate.js';
import { readOnnx, readTensorProto } from '../../ts/onnx/read/read.js';
import { OnnxEngine } from '../../ts/onnx/run/session.js';
import { hostTensor } from '../../ts/onnx/form/tensors.js';
import type { HostTensor, OnnxModel } from '../../ts/onnx/form/types.js';
import { showShape } from '../../ts/base/show.js';
import { openVariant } from '../golden/engine.js';
import DIGESTS from './cases/manifest.json';

/**
 * The folder of an archive beside this file, unpacked when it is wanted for the first time. Its name holds the archive's digest, so
 * that what another version of the archive left is not taken.
 * @throws Error for an archive whose SHA-256 is not the one in cases/manifest.json
 */
export function unpacked(name: keyof typeof DIGESTS): string {
  const digest = DIGESTS[name];
  const folder = fileURLToPath(new URL(`../../.cache/onnx/${name}-${digest.slice(0, 12)}`, import.meta.url));
  if (existsSync(folder)) return folder;
  const archive = fileURLToPath(new URL(`cases/${name}.tar.gz`, import.meta.url));
  const got = createHash('sha256').update(readFileSync(archive)).digest('hex');
  if (got !== digest) throw new Error(`${archive} has the SHA-256 ${got}, expected ${digest} as in cases/manifest.json`);
  const halfDone = `${folder}.${process.pid}`;
  mkdirSync(halfDone, { recursive: true });
  execFileSync('tar', ['xzf', archive, '-C', halfDone]);
  // Another test file may have been faster.
  if (existsSync(folder)) rmSync(halfDone, { recursive: true });
  else renameSync(halfDone, folder);
  return folder;
}

export function caseNames(folder: string): string[] {
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'model.onnx'))).sort();
}

/** Computes outputs in the graph's order. */
type Compute = (model: OnnxModel, inputs: readonly HostTensor[]) => readonly (HostTensor | undefined)[];

export const onHost: Compute = ({ graph }, inputs) => evaluateGraph(graph, inputs);

export function inEngine(variant: Variant): Compute {
  return (model, inputs) => {
    const engine = new OnnxEngine(openVariant(variant), model);
    try {
      const { graph } = model;
      const results = engine.run(new Map(graph.inputs.map(({ name }, i) => [name, inputs[i]!])));
      return graph.outputs.map(({ name }) => results.get(name));
    } finally {
      engine.dispose();
    }
  };
}

/** What is wrong with a case in the ONNX project's form; nothing if it passes. */
export function runCase(folder: string, compute: Compute): string | undefined {
  const model = readOnnx(readFileSync(join(folder, 'model.onnx')), folder);
  const sets = readdirSync(folder).filter((name) => name.startsWith('test_data_set_'));
  if (sets.length === 0) return 'it has no test_data_set_*';
  for (const set of sets) {
    const stored = tensors(join(folder, set), 'input');
    const inputs = model.graph.inputs.map(({ shape }, i) => stored[i] ?? counting((shape ?? []) as number[]));
    const expected = tensors(join(folder, set), 'output');
    if (expected.length === 0) return `${set} has no output to compare with`;
    const wrong = compare(compute(model, inputs), expected);
    if (wrong !== undefined) return `${set}: ${wrong}`;
  }
  return undefined;
}

/** Cases that do not pass, with the reason. */
export function failures(folder: string, compute: Compute): string[] {
  return caseNames(folder).flatMap((name) => {
    try {
      const wrong = runCase(join(folder, name), compute);
      return wrong === undefined ? [] : [`${name}: ${wrong}`];
    } catch (error) {
      return [`${name}: ${String(error)}`];
    }
  });
}

function tensors(folder: string, kind: 'input' | 'output'): HostTensor[] {
  const number = (name: string): number => Number(/\d+/.exec(name)?.[0]);
  const files = readdirSync(folder).filter((name) => name.startsWith(`${kind}_`));
  return files.sort((a, b) => number(a) - number(b)).map((name) => readTensorProto(readFileSync(join(folder, name)), name));
}

/** Where no input is stored, number i of n elements is i / n. */
function counting(shape: readonly number[]): HostTensor {
  const n = shape.reduce((a, b) => a * b, 1);
  return hostTensor('float32', shape, Float32Array.from({ length: n }, (_, i) => i / n));
}

/** The tolerances of the ONNX project: 1e-3 relative, 1e-7 absolute; more where 16 bits or a whole network are in between, as the last of 8 bits that bfloat16 has. */
function compare(got: readonly (HostTensor | undefined)[], expected: readonly HostTensor[]): string | undefined {
  for (const [index, want] of expected.entries()) {
    const output = got[index];
    const place = `output ${index}`;
    if (!output) return `${place} is missing`;
    if (output.dtype !== want.dtype) return `${place} is ${output.dtype}, expected ${want.dtype}`;
    if (output.shape.join() !== want.shape.join()) return `${place} is ${showShape(output.shape)}, expected ${showShape(want.shape)}`;
    const absolute = want.dtype === 'float16' || want.dtype === 'bfloat16' ? 1e-3 : 1e-6;
    const relative = want.dtype === 'bfloat16' ? 2 ** -7 : 1e-3;
    for (let i = 0; i < want.data.length; i++) {
      const [a, b] = [output.data[i]!, want.data[i]!];
      if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
      if (Number.isFinite(b) && Math.abs(a - b) <= absolute + relative * Math.abs(b)) continue;
      return `${place}[${i}] is ${a}, expected ${b}`;
    }
  }
  return undefined;
}
