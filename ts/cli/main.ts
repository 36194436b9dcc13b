import { runProgram } from './program.js';

// Who reads may have enough, as `head` does: then it ends, as programs do that a signal of the pipe ends.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') process.stderr.write(`error: the output cannot be written (${error.message})\n`);
  process.exit(error.code === 'EPIPE' ? 141 : 1);
});

process.exitCode = await runProgram(process.argv.slice(2), {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
});
