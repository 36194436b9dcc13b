/** The command line as it lies in the package: without the files of the repository. */
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What of the package a command line reads, of one variant. */
const PARTS = ['dist/cli.js', 'dist/node', 'dist/wasm/simd.wasm', 'dist/wasm/lessons.wasm', 'examples/assets/lenet5.safetensors', 'examples/assets/squeezenet1_1.safetensors', 'package.json'];

export interface LoneCli {
  /** Of the script. */
  readonly path: string;
  /** To be removed after use. */
  readonly folder: string;
  /** An empty one, to run it in. */
  readonly work: string;
}

export function loneCli(): LoneCli {
  const folder = mkdtempSync(join(tmpdir(), 'receptive-lone-'));
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  const work = join(folder, 'work');
  mkdirSync(work);
  return { path: join(folder, 'dist/cli.js'), folder, work };
}
