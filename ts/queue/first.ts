import { open, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

/** How often a file that is being written is read again, and after how many ms. */
const [TRIES, AGAIN_MS] = [40, 50];

/** Reads what `writeFirst` has written; undefined where nobody has, or where the file holds other text. */
export async function readFirst(path: string): Promise<{ readonly value: unknown } | undefined> {
  let text = '';
  for (let left = TRIES; left > 0 && !text.endsWith('\n'); left--) {
    if (text !== '' || left < TRIES) await wait(AGAIN_MS);
    const read = await readFile(path, 'utf8').catch(() => undefined);
    if (read === undefined) return undefined;
    text = read;
  }
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { value: undefined };
  }
}

/** Writes JSON to a file that nobody has written before. @returns what is in it: of several that write at the same time, what the first did */
export async function writeFirst(path: string, value: unknown): Promise<unknown> {
  try {
    await using file = await open(path, 'wx');
    await file.writeFile(`${JSON.stringify(value)}\n`);
    await file.sync();
    return value;
  } catch (error) {
    const other = await readFirst(path);
    if (other) return other.value;
    throw error;
  }
}
