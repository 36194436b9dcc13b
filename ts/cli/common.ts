import { Option } from 'commander';
import type { Command } from 'commander';
import { wholeNumber } from './arguments.js';
import type { Output } from './output.js';

/** What every command understands. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly threads: number;
  readonly variant: 'auto' | 'scalar' | 'simd' | 'relaxed';
}

/** Adds the options every command understands. */
export function withCommon(command: Command): Command {
  return command
    .option('--json', 'print JSON instead of text')
    .option('--threads <n>', 'threads to compute with', wholeNumber, 1)
    .addOption(
      new Option('--variant <name>', 'how the kernels were compiled').choices(['auto', 'scalar', 'simd', 'relaxed']).default('auto'),
    );
}

/** More threads than there are is no error, but is not passed over in silence either. */
export function noteThreads({ threads }: CommonOptions, output: Output): void {
  if (threads > 1) output.err(`note: this build computes on one thread; --threads ${threads} is taken as 1`);
}
