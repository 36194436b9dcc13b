import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateGraph } from '../../ts/onnx/evaluate.js';
import { readOnnx, readTensorProto } from '../../ts/onnx/read.js';
import type { HostTensor } from '../../ts/onnx/types.js';
import { showShape } from '../../ts/tensor/tensor.js';

/** What became of a test case: nothing if it passed, else what is wrong. */
export type Outcome = string | undefined;

export function caseNames(folder: string): string[] {
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'model.onnx'))).sort();
}

function tensors(folder: string, kind: 'input' | 'output'): HostTensor[] {
  const files = readdirSync(folder).filter((name) => name.startsWith(`${kind}_`));
  return files
    .sort((a, b) => Number(/\d+/.exec(a)?.[0]) - Number(/\d+/.exec(b)?.[0]))
    .map((name) => readTensorProto(readFileSync(join(folder, name)), name));
}

/** Runs a folder of the ONNX project's form outside of the engine. */
export function runCase(folder: string): Outcome {
  try {
    const model = readOnnx(readFileSync(join(folder, 'model.onnx')), folder);
    for (const set of readdirSync(folder).filter((name) => name.startsWith('test_data_set_'))) {
      const inputs = tensors(join(folder, set), 'input');
      const wrong = compare(evaluateGraph(model.graph, inputs), tensors(join(folder, set), 'output'));
      if (wrong !== undefined) return `${set}: ${wrong}`;
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/** The tolerances of the ONNX project: 1e-3 relative, 1e-7 absolute (1e-3 for 16-bit floats). */
function compare(got: readonly HostTensor[], expected: readonly HostTensor[]): Outcome {
  for (const [index, want] of expected.entries()) {
    const output = got[index];
    const place = `output ${index}`;
    if (!output) return `${place} is missing`;
    if (output.dtype !== want.dtype) return `${place} is ${output.dtype}, expected ${want.dtype}`;
    if (output.shape.join() !== want.shape.join()) return `${place} is ${showShape(output.shape)}, expected ${showShape(want.shape)}`;
    const absolute = want.dtype === 'float16' || want.dtype === 'bfloat16' ? 1e-3 : 1e-7;
    for (let i = 0; i < want.data.length; i++) {
      const [a, b] = [output.data[i]!, want.data[i]!];
      if (Object.is(a, b) || a === b) continue;
      const close = Number.isFinite(b) && Math.abs(a - b) <= absolute + 1e-3 * Math.abs(b);
      if (!close && !(Number.isNaN(a) && Number.isNaN(b))) return `${place}[${i}] is ${a}, expected ${b}`;
    }
  }
  return undefined;
}
