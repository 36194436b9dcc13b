import { inOrder } from '../base/in-order.js';
import type { Line } from '../bytes/lines.js';
import { failed } from '../base/wrong.js';
import type { Results } from './results.js';

/** What was answered about a photo. */
export interface Answer {
  /** A line of JSON. */
  readonly text: string;
  /** Why there is no answer: `photo` where the photo is broken, `chance` where another try may answer it. */
  readonly fault?: { readonly kind: 'photo' | 'chance'; readonly message: string } | undefined;
}

/** How photos are answered. */
export interface Answering {
  readonly answer: (line: Line) => Promise<Answer>;
  /** Photos that are worth having under way. */
  readonly most: number;
}

/** What became of a shard. */
export interface Tally {
  readonly photos: number;
  readonly failed: number;
}

/** A shard that was given up since the worker ends. */
export class GivenUp extends Error {}

/** Characters that are gathered before they are written. */
const CHUNK = 1 << 18;

/**
 * Answers the photos of a shard and writes its result, unless that is there already.
 *
 * A fault by chance ends the try, so that the shard is tried again; in the last try it becomes a line as that of a broken photo does, unless
 * no photo at all was answered: then something is wrong that is not the photos' fault.
 * @throws ArgumentError where it is to be tried again; GivenUp when the signal is aborted
 */
export async function answerShard(key: string, results: Results, { answer, most }: Answering, { last, signal }: { last: boolean; signal: AbortSignal }): Promise<Tally | undefined> {
  if (results.has(key)) return undefined;
  let [photos, faults] = [0, 0];
  let chance: string | undefined;
  using givenUp = givenUpBy(signal);
  await results.write(key, async (file) => {
    let chunk = '';
    for await (const { text, fault } of inOrder(results.linesOf(key), { most, work: (line) => Promise.race([givenUp.promise, answer(line)]) })) {
      if (fault?.kind === 'chance' && !last) failed(`shard ${key}`, 'a photo could not be answered', fault.message);
      photos++;
      if (fault) faults++;
      if (fault?.kind === 'chance') chance ??= fault.message;
      chunk += `${text}\n`;
      if (chunk.length < CHUNK) continue;
      await file.write(chunk);
      chunk = '';
    }
    if (chance !== undefined && faults === photos) failed(`shard ${key}`, `none of ${photos} photos could be answered`, chance, { hint: 'once that is mended, receptive queue retry' });
    await file.write(chunk);
  });
  return { photos, failed: faults };
}

/** A photo may be waited for that never comes: the signal does not wait for it. */
function givenUpBy(signal: AbortSignal): Disposable & { readonly promise: Promise<never> } {
  let abort: () => void = () => undefined;
  const promise = new Promise<never>((_, reject) => (abort = () => reject(new GivenUp())));
  promise.catch(() => undefined);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort);
  return { promise, [Symbol.dispose]: () => signal.removeEventListener('abort', abort) };
}
