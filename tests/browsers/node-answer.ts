/** A command of the browser tests: what Node answers. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BrowserCommand } from 'vitest/node';

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** SHA-256 of the bits of SqueezeNet's answer in Node. */
    nodeAnswer(variant: string): Promise<string>;
  }
}

/** Node 20 has relaxed SIMD behind a flag, which later ones do not know. */
const FLAGS = process.versions.node.startsWith('20.') ? ['--experimental-wasm-relaxed-simd'] : [];
const SCRIPT = fileURLToPath(new URL('node-answer.mjs', import.meta.url));

export const nodeAnswer: BrowserCommand<[variant: string]> = async (_, variant) => {
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, SCRIPT, variant]);
  return stdout;
};
