import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { inspectionOf } from '../../model/inspect-onnx.js';
import type { InspectedPort, Inspection } from '../../model/inspect.js';
import { MODEL_KEY } from '../../model/model-file.js';
import { foreignFormat } from '../../formats/foreign.js';
import { readSafetensors } from '../../formats/safetensors.js';
import { FormatError, load } from '../../entries/index.js';
import type { Model } from '../../entries/index.js';
import { inMemory } from '../../formats/stored.js';
import type { ByteSource } from '../../formats/stored.js';
import { readOnnxWith } from '../../onnx/read/read.js';
import type { OnnxModel } from '../../onnx/form/types.js';
import { wrong } from '../../base/wrong.js';
import { shape } from '../arguments.js';
import { withCommon } from '../common.js';
import type { CommonOptions } from '../common.js';
import { readBytes } from '../files.js';
import { AlreadyTold, bytes, count, json, table } from '../output.js';
import type { Output } from '../output.js';
import { showTask, taskReport } from '../task-report.js';
import type { TaskReport } from '../task-report.js';

interface Options extends CommonOptions {
  readonly inputShape?: number[];
}

/** What a model costs for inputs of known shapes. */
interface Cost {
  readonly macs: number;
  readonly weights: number;
  readonly activations: number;
}

export function inspectCommand(output: Output): Command {
  const command = new Command('inspect')
    .description('say what an ONNX model is made of and what of it is not supported')
    .argument('<model>', 'an ONNX file')
    .option('--input-shape <n,c,h,w>', 'shape of the input, for the cost of a model that leaves it open', shape);
  return withCommon(command).action((file: string, options: Options) => run(file, options, output));
}

async function run(file: string, options: Options, output: Output): Promise<void> {
  const beside = (location: string): Promise<ByteSource> => Promise.resolve(inMemory(readBytes(file, join(dirname(file), location))));
  const content = readBytes('model', file);
  expectOnnx(content, file);
  const model = await readOnnxWith(content, file, beside);
  const description = describe(model);
  const { gaps } = description;
  const loaded = gaps.length === 0 ? await askLoaded(file, model, options) : undefined;
  const report = { ...description, ...loaded?.task, cost: loaded?.cost };
  output.out(options.json ? json(report) : show(report));
  if (gaps.length === 0) return;
  output.err(`error: ${gaps.length} nodes are not supported`);
  throw new AlreadyTold();
}

/** @throws FormatError for a safetensors file and what is known to be of another kind, saying what there is for it */
function expectOnnx(content: Uint8Array, file: string): void {
  const foreign = foreignFormat(inMemory(content), 'model');
  if (foreign) wrong(file, 'an ONNX model', foreign.got, { as: FormatError, hint: foreign.hint });
  // A safetensors file's header, JSON, comes after the eight bytes of its length.
  if (content[8] !== 0x7b) return;
  const hasGraph = readSafetensors(content, file).metadata.has(MODEL_KEY);
  const got = hasGraph ? 'a safetensors file with a graph' : 'a safetensors file of weights alone, without a graph';
  const hint = hasGraph
    ? `receptive summary ${file} describes it`
    : `give it to the graph that it is of: load(graph, { weights }), or receptive convert NET --weights ${file}`;
  wrong(file, 'an ONNX model', got, { as: FormatError, hint });
}

async function askLoaded(file: string, content: OnnxModel, { variant, inputShape }: Options): Promise<{ task: TaskReport; cost: Cost | undefined }> {
  await using model = await load(file, { variant, threads: 1 });
  return { task: await taskReport(content, model, inputShape), cost: await costOf(model, inputShape) };
}

/** Only for inputs whose shape is given or leaves no choice but the batch. */
async function costOf(model: Model, inputShape: readonly number[] | undefined): Promise<Cost | undefined> {
  const open = model.inputs.some(({ shape: dims, anyRank }) => anyRank || dims.slice(1).includes(null));
  if (open && !inputShape) return undefined;
  const { macs, memory } = await model.summary(inputShape);
  return { macs, weights: memory.weights, activations: memory.activations };
}

/** Ports as one line each. */
type Description = Omit<Inspection, 'inputs' | 'outputs' | 'externalData'> & Record<'inputs' | 'outputs', readonly string[]>;

function describe(model: OnnxModel): Description {
  const { externalData: _, inputs, outputs, ...rest } = inspectionOf(model, []);
  const port = ({ name, dtype, shape: dims }: InspectedPort): string => `${name}: ${dtype ?? 'unknown type'} [${dims?.join(', ') ?? '...'}]`;
  return { ...rest, inputs: inputs.map(port), outputs: outputs.map(port) };
}

function show({ producer, opsets, inputs, outputs, params, ops, gaps, cost, ...told }: Description & Partial<TaskReport> & { cost: Cost | undefined }): string {
  const sets = Object.entries(opsets).map(([domain, version]) => `${domain} ${version}`);
  const missing = gaps.map(({ node, op, reason }) => [node, op, reason]);
  return [
    `made by ${producer || 'an unnamed producer'}; operator sets: ${sets.join(', ')}`,
    ...inputs.map((line) => `input  ${line}`),
    ...outputs.map((line) => `output ${line}`),
    ...showTask(told),
    `${count(params)} parameters`,
    ...(cost ? [`${(cost.macs / 1e6).toFixed(1)} million multiply-adds, ${bytes(cost.weights)} of packed weights, ${bytes(cost.activations)} of activations`] : []),
    table([['operator', 'nodes'], ...Object.entries(ops).map(([op, nodes]) => [op, String(nodes)])]),
    ...(gaps.length > 0 ? ['not supported:', table([['node', 'operator', 'why'], ...missing])] : []),
  ].join('\n');
}
