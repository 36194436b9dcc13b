import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Command } from 'commander';
import { load, ReceptiveError, tensor } from '../../entries/index.js';
import type { AnyTensor, Model, Port } from '../../entries/index.js';
import { readTensorProto } from '../../onnx/read/read.js';
import { toSurface } from '../../onnx/run/surface.js';
import { withCommon } from '../common.js';
import type { CommonOptions } from '../common.js';
import { readFolder } from '../files.js';
import { AlreadyTold, json } from '../output.js';
import type { Output } from '../output.js';
import { count } from '../../tensor/shape.js';
import { wrong } from '../../base/wrong.js';

interface Outcome {
  readonly name: string;
  readonly result: 'pass' | 'fail' | 'unsupported';
  readonly why?: string | undefined;
}

export function verifyCommand(output: Output): Command {
  const command = new Command('verify')
    .description("run test cases of the ONNX project's form: DIR/model.onnx, DIR/test_data_set_N/{input,output}_M.pb (an input without a file is i / n)")
    .argument('<dir...>', 'folders of cases, or folders of such folders');
  return withCommon(command).action((folders: string[], options: CommonOptions) => run(folders, options, output));
}

async function run(folders: readonly string[], options: CommonOptions, output: Output): Promise<void> {
  const outcomes: Outcome[] = [];
  for (const folder of folders.flatMap(casesIn)) {
    const outcome = await verify(folder, options);
    outcomes.push(outcome);
    if (!options.json) output.out(`${outcome.result} ${outcome.name}${outcome.why === undefined ? '' : `: ${outcome.why}`}`);
  }
  const count = (result: Outcome['result']): number => outcomes.filter((outcome) => outcome.result === result).length;
  const totals = { pass: count('pass'), fail: count('fail'), unsupported: count('unsupported') };
  output.out(options.json ? json({ cases: outcomes, totals }) : `${totals.pass} pass, ${totals.fail} fail, ${totals.unsupported} unsupported`);
  if (totals.fail === 0 && outcomes.length > 0) return;
  if (outcomes.length === 0) output.err('error: there is no model.onnx in these folders');
  throw new AlreadyTold();
}

function casesIn(folder: string): string[] {
  if (existsSync(join(folder, 'model.onnx'))) return [folder];
  return readFolder('dir', folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((inner) => existsSync(join(inner, 'model.onnx')));
}

async function verify(folder: string, { variant, threads }: CommonOptions): Promise<Outcome> {
  const name = basename(folder);
  try {
    await using model = await load(join(folder, 'model.onnx'), { variant, threads });
    const sets = readdirSync(folder).filter((entry) => entry.startsWith('test_data_set_'));
    for (const set of sets) {
      const why = await verifySet(model, join(folder, set));
      if (why !== undefined) return { name, result: 'fail', why: `${set}: ${why}` };
    }
    return sets.length > 0 ? { name, result: 'pass' } : { name, result: 'fail', why: 'there is no test_data_set_0' };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const unsupported = error instanceof ReceptiveError && error.code === 'unsupported';
    return { name, result: unsupported ? 'unsupported' : 'fail', why };
  }
}

async function verifySet(model: Model, folder: string): Promise<string | undefined> {
  const stored = tensors(folder, 'input');
  const inputs = model.inputs.map((port, i): [string, AnyTensor] => [port.name, stored[i] ?? implied(port)]);
  const outputs = await model.run<Record<string, AnyTensor>>(Object.fromEntries(inputs));
  for (const [i, expected] of tensors(folder, 'output').entries()) {
    const { name } = model.outputs[i] ?? { name: '' };
    const wrong = compare(outputs[name], expected);
    if (wrong !== undefined) return `${name} ${wrong}`;
  }
  return undefined;
}

/** The ONNX project's "light" models store no input: of n elements number i is i / n. */
function implied({ name, dtype, shape }: Port): AnyTensor {
  const dims = shape.map((dim) => dim ?? 1);
  const n = count(dims);
  if (dtype === 'float32') return tensor(Float32Array.from({ length: n }, (_, i) => i / n), dims);
  wrong(name, 'a file for this input', 'none');
}

function tensors(folder: string, kind: 'input' | 'output'): AnyTensor[] {
  const numbered = readdirSync(folder).flatMap((file) => {
    const number = new RegExp(`^${kind}_(\\d+)\\.pb$`).exec(file)?.[1];
    return number === undefined ? [] : [{ file, number: Number(number) }];
  });
  const inOrder = numbered.sort((a, b) => a.number - b.number);
  return inOrder.map(({ file }) => toSurface(readTensorProto(readFileSync(join(folder, file)), file)));
}

/** The ONNX project's own tolerance. 16-bit floats are widened before they get here, and need more. */
const RELATIVE = 1e-3;
const ABSOLUTE = 1e-5;

function compare(got: AnyTensor | undefined, expected: AnyTensor): string | undefined {
  if (!got) return 'is missing';
  if (got.dtype !== expected.dtype) return `is ${got.dtype}, expected ${expected.dtype}`;
  if (got.shape.join() !== expected.shape.join()) return `is [${got.shape.join(', ')}], expected [${expected.shape.join(', ')}]`;
  let [worst, at] = [0, -1];
  expected.data.forEach((value: number | bigint, i: number) => {
    const [a, b] = [Number(got.data[i]), Number(value)];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return;
    const excess = Math.abs(a - b) / (ABSOLUTE + RELATIVE * Math.abs(b));
    if (!(excess <= 1) && !(excess <= worst)) [worst, at] = [excess, i];
  });
  if (at < 0) return undefined;
  return `differs by ${Math.abs(Number(got.data[at]) - Number(expected.data[at]))} at ${at}: ${got.data[at]}, expected ${expected.data[at]}`;
}
