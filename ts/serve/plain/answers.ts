import type { PhotoCall, PhotoCallAnswer } from '../../tasks/photo-tasks.js';
import type { PhotoTimes } from '../../tasks/look.js';
import type { Mask } from '../../tasks/segment/mask.js';
import type { Pool } from '../../worker/pool.js';

/** What a photo is asked with. */
export interface Question {
  readonly photo: Uint8Array;
  readonly options: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
}

/** An answer as it is sent, and the times of its parts; a vector alone has none. */
export interface PlainAnswer {
  readonly answer: object;
  readonly ms?: PhotoTimes;
}

/** Has a question answered by a pool. */
export const ASK: Readonly<Record<PhotoCall, (pool: Pool, question: Question) => Promise<PlainAnswer>>> = {
  async classify(pool, { photo, options, signal }) {
    const { top, scores, ms } = await pool.classifyBytes(photo, { ...options, signal });
    return { answer: { top, scores, ms }, ms };
  },
  async detect(pool, { photo, options, signal }) {
    const { boxes, head, ms } = await pool.detectBytes(photo, { ...options, signal });
    return { answer: { boxes: boxes.map(boxOf), head, ms }, ms };
  },
  async segment(pool, { photo, options, signal }) {
    const { mask, classes, ms } = await pool.segmentBytes(photo, { ...options, signal });
    return { answer: { classes, mask: maskOf(mask), ms }, ms };
  },
  async embed(pool, { photo, options, signal }) {
    return { answer: { vector: [...(await pool.embedBytes(photo, { ...options, signal }))] } };
  },
};

function boxOf({ mask, ...box }: PhotoCallAnswer<'detect'>['boxes'][number]): object {
  return mask ? { ...box, mask: { ...maskOf(mask), left: mask.left, top: mask.top } } : box;
}

/** A mask by its runs, rows from the top: a class, how many pixels have it, the next class, and so on. */
function maskOf({ data, width, height }: Mask): object {
  const runs: number[] = [];
  for (let from = 0, to = 0; from < data.length; from = to) {
    while (to < data.length && data[to] === data[from]) to += 1;
    runs.push(data[from]!, to - from);
  }
  return { width, height, runs };
}
