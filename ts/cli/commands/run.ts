import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { load } from '../../entries/index.js';
import type { AnyTensor } from '../../entries/index.js';
import { readNpy, writeNpy } from '../../formats/npy.js';
import { noteShortfall, withCommon } from '../common.js';
import type { CommonOptions } from '../common.js';
import { readBytes } from '../files.js';
import { json, ms } from '../output.js';
import type { Output } from '../output.js';
import { wrong } from '../../base/wrong.js';

interface Options extends CommonOptions {
  readonly input: readonly string[];
  readonly out: string;
}

export function runCommand(output: Output): Command {
  const command = new Command('run')
    .description('run a model on arrays in .npy files and write its outputs as such')
    .argument('<model>', 'a model file (ONNX or safetensors)')
    .requiredOption('--input <name=file.npy...>', 'an array for each input')
    .requiredOption('-o, --out <folder>', 'where NAME.npy is written for each output');
  return withCommon(command, 'auto').action((file: string, options: Options) => run(file, options, output));
}

async function run(file: string, options: Options, output: Output): Promise<void> {
  const inputs = Object.fromEntries(options.input.map(readInput));
  await using model = await load(file, { variant: options.variant, threads: options.threads });
  noteShortfall(model, options, output);
  const started = performance.now();
  const outputs = await model.run<Record<string, AnyTensor>>(inputs);
  const took = performance.now() - started;
  mkdirSync(options.out, { recursive: true });
  const written = Object.entries(outputs).map(([name, tensor]) => {
    const path = join(options.out, `${fileName(name)}.npy`);
    writeFileSync(path, writeNpy(tensor));
    return { name, dtype: tensor.dtype, shape: tensor.shape, file: path };
  });
  const lines = written.map(({ name, dtype, shape, file: path }) => `${name}: ${dtype} [${shape.join(', ')}] -> ${path}`);
  output.out(options.json ? json({ variant: model.variant, ms: took, outputs: written }) : [...lines, `${ms(took)} ms (${model.variant})`].join('\n'));
}

function readInput(text: string): [string, AnyTensor] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), readNpy(readBytes('--input', text.slice(at + 1)), text.slice(at + 1))];
  wrong('--input', 'NAME=FILE.npy', JSON.stringify(text));
}

/** Names of values have slashes and colons. */
function fileName(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '_');
}
