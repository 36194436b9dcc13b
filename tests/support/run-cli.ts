/** The built command line, run as a user would. */
import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** @param cwd - the folder it is run in */
export function cliIn(cwd: string | undefined, ...args: string[]): Promise<Answer> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [CLI, ...args], { timeout: 120_000, cwd }, (_, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err });
    });
  });
}

export const cli = (...args: string[]): Promise<Answer> => cliIn(undefined, ...args);

/** A command line that is under way. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves with the first line that it writes to stdout; rejects if it ends without one. */
  readonly firstLine: Promise<string>;
  /** Resolves when it has ended; the code is -1 where a signal ended it. */
  readonly ended: Promise<Answer>;
}

export const startCli = (...args: string[]): Running => startCliAt(CLI, ...args);

/** @param path - of the script */
export function startCliAt(path: string, ...args: string[]): Running {
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stderr.on('data', (data: Buffer) => void (err += data.toString()));
  const ended = new Promise<Answer>((resolve) => child.once('close', (code) => resolve({ code: code ?? -1, out, err })));
  const firstLine = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
      if (out.includes('\n')) resolve(out.slice(0, out.indexOf('\n')));
    });
    child.once('close', () => reject(new Error(`it ended without a line: ${err}`)));
  });
  firstLine.catch(() => undefined);
  return { child, firstLine, ended };
}
