import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Question } from '../../queue/question.js';
import type { AskOptions } from '../asker.js';
import { sourceForTask } from '../models.js';

/** What workers of a queue are to have in common: files by their digests, whatever they are called on a machine. */
export async function questionOf(model: string, { task, top, score, preprocess, labels }: AskOptions): Promise<Question> {
  return {
    model: await digestOf(sourceForTask(model)),
    task,
    ...(task === 'classify' && { top }),
    ...(task === 'detect' && score !== undefined && { score }),
    ...(preprocess !== undefined && { preprocess }),
    ...(labels !== undefined && { labels: await digestOf(labels) }),
  };
}

/** Of a file what is in it, of an address the address, in which a secret may be. */
async function digestOf(source: string | URL): Promise<string> {
  const hash = createHash('sha256');
  const address = source instanceof URL ? source : /^(https?|file):/.test(source) ? new URL(source) : undefined;
  if (address && address.protocol !== 'file:') hash.update(address.href);
  else await pipeline(createReadStream(address ?? source), hash);
  return `sha256 ${hash.digest('hex').slice(0, 32)}`;
}
