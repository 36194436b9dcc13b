import { Command } from 'commander';
import type { Summary } from '../../entries/index.js';
import { shape } from '../arguments.js';
import { noteShortfall, withCommon } from '../common.js';
import type { CommonOptions } from '../common.js';
import { inputShapesOf, loadAny } from '../models.js';
import { bytes, count, json, table } from '../output.js';
import type { Output } from '../output.js';

interface Options extends CommonOptions {
  readonly inputShape?: number[];
}

export function summaryCommand(output: Output): Command {
  const command = new Command('summary')
    .description('list the layers of a model: shapes, parameters, cost, receptive field, algorithm')
    .argument('<name|file>', 'a model file, or a net by name (lenet5, resnet18, ...)')
    .option('--input-shape <n,c,h,w>', 'shape of the input; default: 224 x 224 where the model leaves it open', shape);
  return withCommon(command).action((source: string, options: Options) => run(source, options, output));
}

async function run(source: string, options: Options, output: Output): Promise<void> {
  const { variant, threads, inputShape } = options;
  await using model = await loadAny(source, 'zeros', { variant, threads });
  noteShortfall(model, options, output);
  const summary = await model.summary(inputShapesOf(model, inputShape));
  output.out(options.json ? json(summary) : describe(summary));
}

function describe(summary: Summary): string {
  const head = ['layer', 'type', 'output', 'parameters', 'mult-adds', 'field', 'jump', 'algorithm'];
  const rows = summary.layers.map((layer) => [
    layer.name,
    layer.type,
    layer.outputShape.join('x'),
    count(layer.params),
    count(layer.macs),
    pair(layer.receptiveField),
    pair(layer.jump),
    layer.algorithms.join(' ') || 'folded',
  ]);
  const port = ({ name, shape: dims }: Summary['inputs'][number]): string => `${name} [${dims.join(', ')}]`;
  return [
    table([head, ...rows]),
    '',
    `${summary.inputs.map(port).join(', ')} -> ${summary.outputs.map(port).join(', ')}`,
    `${count(summary.params)} parameters, ${(summary.macs / 1e6).toFixed(1)} million multiply-adds`,
    `${bytes(summary.memory.weights)} of packed weights, ${bytes(summary.memory.activations)} of activations (${summary.variant})`,
  ].join('\n');
}

/** [height, width], or one number where they agree; nothing where a layer has no window before it. */
function pair(value: readonly number[] | undefined): string {
  if (!value) return '';
  return value[0] === value[1] ? String(value[0]) : value.join('x');
}
