/** The built command line, with something on its standard input. */
import { spawn } from 'node:child_process';
import { CLI } from './run-cli.js';
import type { Answer } from './run-cli.js';

/** @param input - what is written before the standard input ends */
export function cliWith(input: string | Uint8Array, ...args: string[]): Promise<Answer> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CLI, ...args], { stdio: 'pipe', timeout: 120_000 });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => void (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => void (err += data.toString()));
    child.stdin.on('error', () => undefined); // it may have ended before all of it was read
    child.once('close', (code) => resolve({ code: code ?? -1, out, err }));
    child.stdin.end(input);
  });
}
