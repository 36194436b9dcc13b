// COCO's text of runs: numbers in groups of five bits, the lowest first, a character each from '0' on, whose sixth bit says that more
// follow; the last group's highest bit is the sign. From the fourth number on it is the difference to the one before the last.
import { FormatError } from '../base/errors.js';
import { showList, showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { expectRle, rleFromCounts } from './rle.js';
import type { Rle } from './rle.js';

/** A mask as COCO's JSON files have it. */
export interface CocoRle {
  /** [height, width] */
  readonly size: readonly [number, number];
  /** The runs, down the columns, zeros first: numbers, or their compressed text. */
  readonly counts: string | readonly number[];
}

/** A mask as COCO's JSON files have it, its runs as compressed text. */
export interface CocoRleText extends CocoRle {
  /** The runs, down the columns, zeros first. */
  readonly counts: string;
}

const FIRST = 48;
/** No length of a run needs more groups. */
const MAX_GROUPS = 7;

/**
 * A mask as COCO's JSON files have it, its runs as compressed text.
 * @throws as `rleToMask`
 */
export function rleToCoco(mask: Rle): CocoRleText {
  expectRle(mask, 'mask');
  const { width, height, counts } = mask;
  let text = '';
  for (let i = 0; i < counts.length; i++) {
    let rest = counts[i]! - (i > 2 ? counts[i - 2]! : 0);
    for (let more = true; more; ) {
      const group = ((rest % 32) + 32) % 32;
      rest = Math.floor(rest / 32);
      more = rest !== (group & 16 ? -1 : 0);
      text += String.fromCharCode(FIRST + group + (more ? 32 : 0));
    }
  }
  return { size: [height, width], counts: text };
}

/**
 * A mask out of a COCO JSON file: `{ size: [height, width], counts }`, compressed or not.
 * @param place - what the mask is, for messages
 * @throws FormatError for a text that is none of runs, or runs of another number of pixels; ShapeError for an impossible size
 */
export function rleFromCoco(rle: CocoRle, place = 'mask'): Rle {
  const { size, counts } = (rle ?? {}) as Partial<CocoRle>;
  if (!Array.isArray(size) || size.length !== 2) return wrong(`${place}: size`, '[height, width]', showList(size), { as: FormatError });
  if (typeof counts !== 'string' && !Array.isArray(counts)) return wrong(`${place}: counts`, 'runs as a text or numbers', showValue(counts), { as: FormatError });
  const [height, width] = size as [number, number];
  return rleFromCounts(typeof counts === 'string' ? countsOf(counts, place) : counts, width, height, place);
}

function countsOf(text: string, place: string): number[] {
  const counts: number[] = [];
  for (let at = 0; at < text.length; ) {
    let [value, scale, groups, more] = [0, 1, 0, true];
    while (more) {
      const code = text.charCodeAt(at++) - FIRST;
      if (!(code >= 0 && code < 64)) wrong(place, 'whole runs of characters from 0 to o', at > text.length ? 'a text that ends too early' : showValue(text[at - 1]), { as: FormatError });
      if (++groups > MAX_GROUPS) wrong(place, 'lengths of runs', 'a number that is too large', { as: FormatError });
      value += (code & 31) * scale;
      scale *= 32;
      more = (code & 32) !== 0;
      if (!more && code & 16) value -= scale;
    }
    counts.push(value + (counts.length > 2 ? counts[counts.length - 2]! : 0));
  }
  return counts;
}
