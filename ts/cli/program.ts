import { Command, CommanderError } from 'commander';
import { benchCommand } from './commands/bench.js';
import { classifyCommand } from './commands/classify.js';
import { compareCommand } from './commands/compare.js';
import { enqueueCommand } from './commands/enqueue.js';
import { evaluateCommand } from './commands/evaluate.js';
import { filterCommand } from './commands/filter.js';
import { convertCommand } from './commands/convert.js';
import { detectCommand } from './commands/detect.js';
import { embedCommand } from './commands/embed.js';
import { segmentCommand } from './commands/segment.js';
import { inspectCommand } from './commands/inspect.js';
import { modelCommand } from './commands/model.js';
import { pipeCommand } from './commands/pipe.js';
import { queueCommand } from './commands/queue.js';
import { runCommand } from './commands/run.js';
import { scenesCommand } from './commands/scenes.js';
import { serveCommand } from './commands/serve.js';
import { summaryCommand } from './commands/summary.js';
import { trainCommand } from './commands/train.js';
import { verifyCommand } from './commands/verify.js';
import { workerCommand } from './commands/worker.js';
import { AlreadyTold } from './output.js';
import type { Output } from './output.js';
import { VERSION } from '../base/version.js';

const COMMANDS = [
  classifyCommand, detectCommand, segmentCommand, embedCommand, filterCommand, compareCommand, summaryCommand, benchCommand, runCommand, inspectCommand,
  verifyCommand, convertCommand, modelCommand, trainCommand, evaluateCommand, scenesCommand, serveCommand, pipeCommand, enqueueCommand, workerCommand, queueCommand,
];

/**
 * Runs one command line and returns the exit code: 0, 1 for a failure, 2 for wrong usage, 128 and its number for a signal.
 * @param args - without node and script
 */
export async function runProgram(args: readonly string[], output: Output): Promise<number> {
  const program = new Command('receptive').description('convolutional networks in WebAssembly').version(VERSION);
  for (const make of COMMANDS) program.addCommand(make(output));
  for (const command of [program, ...program.commands]) {
    const name = command === program ? 'receptive' : `receptive ${command.name()}`;
    command.exitOverride().showHelpAfterError(`usage: ${command.createHelp().commandUsage(command)}\n${name} --help says more`).configureOutput({
      writeOut: (text) => output.out(text.trimEnd()),
      writeErr: (text) => output.err(text.trimEnd()),
    });
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof AlreadyTold) return error.exitCode;
    output.err(`error: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}
