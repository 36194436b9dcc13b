import { Command } from 'commander';
import { tensor } from '../../entries/index.js';
import type { Model, Profile, Tensor } from '../../entries/index.js';
import { shape, wholeNumber } from '../arguments.js';
import { noteShortfall, withCommon } from '../common.js';
import type { CommonOptions } from '../common.js';
import { inputShapesOf, loadAny, noise } from '../models.js';
import { json, ms, table } from '../output.js';
import type { Output } from '../output.js';
import { spread } from '../timing.js';
import type { Spread } from '../timing.js';
import { count } from '../../tensor/shape.js';

interface Options extends CommonOptions {
  readonly inputShape?: number[];
  readonly iterations: number;
}

export function benchCommand(output: Output): Command {
  const command = new Command('bench')
    .description('time a model, whole and layer by layer')
    .argument('<name|file>', 'a model file, or a net by name with made-up weights')
    .option('--input-shape <n,c,h,w>', 'shape of the input; default: 224 x 224 where the model leaves it open', shape)
    .option('--iterations <n>', 'timed runs', wholeNumber, 20);
  return withCommon(command, 'auto').action((source: string, options: Options) => run(source, options, output));
}

async function run(source: string, options: Options, output: Output): Promise<void> {
  const { variant, threads, inputShape, iterations } = options;
  await using model = await loadAny(source, 'noise', { variant, threads });
  noteShortfall(model, options, output);
  const { inputs: ports, macs } = await model.summary(inputShapesOf(model, inputShape));
  const random = noise(7);
  const inputs = Object.fromEntries(
    ports.map(({ name, shape: dims }): [string, Tensor] => {
      const length = count(dims);
      return [name, tensor(Float32Array.from({ length }, random), dims)];
    }),
  );
  const times = await timeRuns(model, inputs, iterations);
  const profile = await model.profile(inputs, { iterations });
  const shapes = Object.fromEntries(ports.map(({ name, shape: dims }) => [name, dims]));
  const report = { model: source, variant: model.variant, wide: model.wide, threads: model.threads, inputs: shapes, iterations, ms: spread(times), macs };
  output.out(options.json ? json({ ...report, profile }) : describe(report, profile));
}

/** Wall time of whole runs as a caller sees them, the way to the worker and back included. Three warm-up runs go before. */
async function timeRuns(model: Model, inputs: Record<string, Tensor>, iterations: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = -3; i < iterations; i++) {
    const start = performance.now();
    await model.run(inputs);
    if (i >= 0) times.push(performance.now() - start);
  }
  return times;
}

interface Report {
  readonly model: string;
  readonly wide: boolean;
  readonly threads: number;
  readonly ms: Spread;
  readonly macs: number;
}

function describe({ model, wide, threads, ms: time, macs }: Report, profile: Profile): string {
  const share = (part: number): string => `${((100 * part) / profile.ms).toFixed(1)} %`;
  const rows = profile.steps.map(({ layer, type, algorithm, ms: step }) => [layer, type, algorithm, ms(step), share(step)]);
  return [
    table([['layer', 'type', 'algorithm', 'ms', 'share'], ...rows]),
    '',
    `${model}, ${profile.variant}${wide ? ' with paired vectors' : ''}, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${profile.iterations} runs: median ${ms(time.median)} ms, ` +
      `min ${ms(time.min)}, middle half ${ms(time.quartiles[0])} to ${ms(time.quartiles[1])}, max ${ms(time.max)}`,
    `${(macs / 1e6).toFixed(1)} million multiply-adds, ${((2 * macs) / time.median / 1e6).toFixed(2)} GFLOP/s; ` +
      `the steps alone: median ${ms(profile.ms)} ms`,
  ].join('\n');
}
