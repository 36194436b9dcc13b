/** Commands of the browser tests: what Node answers. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BrowserCommand } from 'vitest/node';

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** SHA-256 of the bits of SqueezeNet's answer in Node. */
    nodeAnswer(variant: string): Promise<string>;
    /** Digests of networks that have learned in Node, as JSON. */
    nodeTraining(variant: string): Promise<string>;
  }
}

/** Node 20 has relaxed SIMD behind a flag, which later ones do not know. */
const FLAGS = process.versions.node.startsWith('20.') ? ['--experimental-wasm-relaxed-simd'] : [];
const run = async (script: string, variant: string): Promise<string> =>
  (await promisify(execFile)(process.execPath, [...FLAGS, fileURLToPath(new URL(script, import.meta.url)), variant])).stdout;

export const nodeAnswer: BrowserCommand<[variant: string]> = (_, variant) => run('node-answer.mjs', variant);
export const nodeTraining: BrowserCommand<[variant: string]> = (_, variant) => run('node-training.mjs', variant);
