import { readFile } from 'node:fs/promises';
import { ArgumentError, parseLabels } from '../entries/index.js';

/** Names of classes in a file, as the option `--labels` names it. @throws ArgumentError naming the file and what is wrong in it */
export async function readLabels(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new ArgumentError(`--labels: cannot read ${file}`, { place: '--labels', got: file, cause });
  });
  return parseLabels(text, `--labels: ${file}`);
}
