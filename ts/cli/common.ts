import { Option } from 'commander';
import type { Command } from 'commander';
import type { Model } from '../entries/index.js';
import { threadCount, wholeNumber } from './arguments.js';
import type { Output } from './output.js';

/** What every command understands. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly threads: number | 'auto';
  readonly variant: 'auto' | 'scalar' | 'simd' | 'relaxed';
}

/** Adds the option of all that computes. */
export function withVariant(command: Command): Command {
  return command.addOption(new Option('--variant <name>', 'how the kernels were compiled').choices(['auto', 'scalar', 'simd', 'relaxed']).default('auto'));
}

/** Adds the option of all that loads a model. The environment tells the workers, which are started later. */
export function withWide(command: Command): Command {
  const told = command.option('--wide', 'experimental, Node 24 and later on x64: has V8 pair vectors (as RECEPTIVE_WIDE=1 does)');
  return told.hook('preAction', () => {
    if (command.opts()['wide'] === true) process.env['RECEPTIVE_WIDE'] = '1';
  });
}

/** Adds the options every command understands. 'auto' threads are for those that compute for long: they take time to start. */
export function withCommon(command: Command, threads: CommonOptions['threads'] = 1): Command {
  command.option('--json', 'print JSON instead of text').option('--threads <n>', 'threads to compute with, or auto', threadCount, threads);
  return withWide(withVariant(command));
}

/** What commands that decode photos understand. */
export interface PhotoOptions {
  readonly maxPixels?: number;
}

/** Adds the option of commands that decode photos. */
export function withMaxPixels(command: Command): Command {
  return command.option('--max-pixels <n>', 'refuse a photo that announces more pixels (default: 50000000)', wholeNumber);
}

type Computing = Pick<Model, 'threads' | 'wideReason'> & Partial<Pick<Model, 'threadsReason'>>;

/** Less than was asked for is no error, but is not passed over in silence either. */
export function noteShortfall(model: Computing, { threads }: CommonOptions, output: Output): void {
  if (model.wideReason !== undefined) output.err(`note: vectors are not paired: ${model.wideReason}`);
  if (threads === 'auto' || model.threads >= threads) return;
  output.err(`note: --threads ${threads} is taken as ${model.threads}: ${model.threadsReason ?? 'no more can be had'}`);
}
