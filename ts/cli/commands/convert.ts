import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command, Option } from 'commander';
import { ArgumentError, graphToData, writeSafetensors } from '../../index.js';
import { MODEL_KEY } from '../../engine/model-file.js';
import { narrow } from '../../formats/narrow.js';
import { convert } from '../../onnx/convert.js';
import { inMemory } from '../../formats/stored.js';
import type { ByteSource } from '../../formats/stored.js';
import { readOnnxWith } from '../../onnx/read.js';
import type { OnnxPort } from '../../onnx/types.js';
import { shape } from '../arguments.js';
import { withCommon } from '../common.js';
import type { CommonOptions } from '../common.js';
import { bytes as sizeOf, json } from '../output.js';
import type { Output } from '../output.js';

interface Options extends CommonOptions {
  readonly out: string;
  readonly dtype: 'f32' | 'f16';
  readonly inputShape?: number[];
}

export function convertCommand(output: Output): Command {
  const command = new Command('convert')
    .description('write an ONNX model in our compact form: graph and weights in one safetensors file')
    .argument('<model>', 'an ONNX file')
    .requiredOption('-o, --out <file.safetensors>', 'file to be written')
    .addOption(new Option('--dtype <type>', 'how weights are stored').choices(['f32', 'f16']).default('f32'))
    .option('--input-shape <n,c,h,w>', 'shape of the input, where the model leaves more open than the batch', shape);
  return withCommon(command).action((file: string, options: Options) => run(file, options, output));
}

async function run(file: string, options: Options, output: Output): Promise<void> {
  const beside = (location: string): Promise<ByteSource> => Promise.resolve(inMemory(readFileSync(join(dirname(file), location))));
  const model = await readOnnxWith(readFileSync(file), file, beside);
  const shapes = model.graph.inputs.map((port) => shapeOf(port, options.inputShape));
  const { graph, weights } = convert(model, shapes);
  const stored = options.dtype === 'f16' ? weights.map(narrow) : weights;
  const description = { version: 1, graph: graphToData(graph), name: model.graph.name || undefined };
  const written = writeSafetensors(stored, { [MODEL_KEY]: JSON.stringify(description) });
  writeFileSync(options.out, written);
  const report = { file: options.out, bytes: written.byteLength, nodes: graph.nodes.length, inputs: shapes };
  output.out(options.json ? json(report) : `${options.out}: ${graph.nodes.length} nodes, ${sizeOf(written.byteLength)}`);
}

function shapeOf({ name, shape: dims }: OnnxPort, given: readonly number[] | undefined): readonly number[] {
  if (given) return given;
  const implied = dims?.map((dim, axis) => (typeof dim === 'number' ? dim : axis === 0 ? 1 : undefined));
  if (implied?.every((dim) => dim !== undefined)) return implied;
  const got = dims ? `[${dims.join(', ')}]` : 'unknown';
  throw new ArgumentError(`--input-shape: needed, since the shape of ${name} is ${got}`, { place: '--input-shape', got });
}
