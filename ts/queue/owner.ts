import { randomUUID } from 'node:crypto';
import { wrong } from '../base/wrong.js';
import { readFirst, writeFirst } from './first.js';

/** Whose a folder of results is: its own name, which is in every job, and that of its queue. */
export interface Owner {
  readonly folder: string;
  readonly queue: string;
}

/** Reads whose a folder is; undefined where nobody has said it. @throws ArgumentError for a file of another form */
export async function readOwner(path: string): Promise<Owner | undefined> {
  const read = await readFirst(path);
  return read && expectOwner(path, read.value);
}

/** Says that a folder is a queue's, where nobody has said it before. @returns whose it is. @throws as `readOwner` */
export async function claim(path: string, queue: string): Promise<Owner> {
  return expectOwner(path, await writeFirst(path, { folder: randomUUID(), queue }));
}

function expectOwner(path: string, value: unknown): Owner {
  const { folder, queue } = (value ?? {}) as Partial<Owner>;
  if (typeof folder === 'string' && typeof queue === 'string') return { folder, queue };
  return wrong(path, 'whose folder this is, as receptive enqueue writes it', 'other text', { hint: 'take another folder by --output' });
}
