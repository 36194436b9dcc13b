import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { saveModel } from '../../entries/index.js';
import type { ModelContent, PreprocessOptions, Scores, Task, TaskSpec } from '../../entries/index.js';
import { preprocessing, shape, task } from '../arguments.js';
import { withCommon } from '../common.js';
import type { CommonOptions } from '../common.js';
import { contentOf } from '../content.js';
import { readLabels } from '../labels.js';
import { expectHead } from '../expect-head.js';
import { expectOtherFile } from '../other-file.js';
import { bytes as sizeOf, json } from '../output.js';
import type { Output } from '../output.js';

interface Options extends CommonOptions {
  readonly out: string;
  readonly dtype: 'f32' | 'f16';
  readonly inputShape?: number[];
  readonly weights?: string;
  readonly labels?: string;
  readonly preprocess?: PreprocessOptions;
  readonly scores?: Scores;
  readonly task?: Task | TaskSpec;
  readonly name?: string;
}

export function convertCommand(output: Output): Command {
  const command = new Command('convert')
    .description('write a model in our compact form: graph, weights, labels and preprocessing in one safetensors file')
    .argument('<model>', 'an ONNX file, a file of this form, or a net by name with --weights')
    .requiredOption('-o, --out <file.safetensors>', 'file to be written')
    .addOption(new Option('--dtype <type>', 'how weights are stored').choices(['f32', 'f16']).default('f32'))
    .option('--weights <file.safetensors>', 'weights of a net by name')
    .option('--input-shape <n,c,h,w>', 'shape of the input, where an ONNX model leaves more open than the batch', shape)
    .option('--labels <file>', 'names of the classes: a JSON array or object by index, or one a line')
    .option('--preprocess <preset|json>', 'how pixels become the input: imagenet, caffe, tf, unit, or fields as JSON', preprocessing)
    .addOption(new Option('--scores <kind>', "what the model's numbers are").choices(['softmax', 'sigmoid', 'none']))
    .option('--task <task|json>', 'what the model is for: classification, segmentation, detection, or an object as JSON, like {"kind":"detect","strides":[8,16,32]}', task)
    .option('--name <text>', 'what the model is called');
  return withCommon(command).action((source: string, options: Options) => run(source, options, output));
}

async function run(source: string, options: Options, output: Output): Promise<void> {
  const { out, dtype, inputShape, weights, json: asJson } = options;
  expectOtherFile(out, [source, weights, options.labels]);
  const { content, inputs } = await contentOf(source, { inputShape, weights });
  const whole = { ...content, ...told(options) };
  if (options.task !== undefined) expectHead(whole, inputs);
  const written = saveModel(whole, dtype);
  writeFileSync(out, written);
  const nodes = content.graph.nodes.length;
  const report = { file: out, bytes: written.byteLength, nodes, inputs };
  output.out(asJson ? json(report) : `${out}: ${nodes} nodes, ${sizeOf(written.byteLength)}`);
}

/** What the command line says of the model; it takes the place of what the source says. */
function told({ labels, preprocess, scores, task: given, name }: Options): Partial<Omit<ModelContent, 'graph'>> {
  const names = labels === undefined ? undefined : readLabels(labels);
  const said = { labels: names, preprocess, scores, task: given, name };
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
}
