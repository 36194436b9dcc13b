import { randomUUID } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { wrong } from '../base/wrong.js';

/** Whose a folder of results is: its own name, which is in every job, and that of its queue. */
export interface Owner {
  readonly folder: string;
  readonly queue: string;
}

/** How often a file that is being written is read again, and after how many ms. */
const [TRIES, AGAIN_MS] = [40, 50];

/** Reads whose a folder is; undefined where nobody has said it. @throws ArgumentError for a file of another form */
export async function readOwner(path: string): Promise<Owner | undefined> {
  let text = '';
  for (let left = TRIES; left > 0 && !text.endsWith('\n'); left--) {
    if (text !== '' || left < TRIES) await wait(AGAIN_MS);
    const read = await readFile(path, 'utf8').catch(() => undefined);
    if (read === undefined) return undefined;
    text = read;
  }
  try {
    const { folder, queue } = JSON.parse(text) as Partial<Owner>;
    if (typeof folder === 'string' && typeof queue === 'string') return { folder, queue };
  } catch {
    // Said below.
  }
  return wrong(path, 'whose folder this is, as receptive enqueue writes it', 'other text', { hint: 'take another folder by --output' });
}

/** Says that a folder is a queue's, where nobody has said it before. @returns whose it is */
export async function claim(path: string, queue: string): Promise<Owner> {
  const owner = { folder: randomUUID(), queue };
  try {
    await using file = await open(path, 'wx');
    await file.writeFile(`${JSON.stringify(owner)}\n`);
    await file.sync();
    return owner;
  } catch (error) {
    // Another was first.
    const other = await readOwner(path);
    if (other) return other;
    throw error;
  }
}
