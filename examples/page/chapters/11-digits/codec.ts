/** Strokes in the address: four characters a point, strokes apart by a dash. So a teacher can share a drawing. */
import type { Codec } from '../../app/codecs.js';
import { SIDE } from '../../ui/pad.js';
import type { Point, Stroke } from '../../ui/pad.js';

/** Pixels of a step: an address becomes long. */
const GRAIN = 2;
/** What is longer is not written. */
const LONGEST = 6000;

const two = (value: number): string => Math.min(35 * 36, Math.max(0, Math.round(value / GRAIN))).toString(36).padStart(2, '0');

function strokeOf(written: string, width: number): Stroke | undefined {
  if (written.length === 0 || written.length % 4 !== 0) return undefined;
  const points = Array.from({ length: written.length / 4 }, (_, i): Point => [GRAIN * Number.parseInt(written.slice(4 * i, 4 * i + 2), 36), GRAIN * Number.parseInt(written.slice(4 * i + 2, 4 * i + 4), 36)]);
  return points.every(([x, y]) => x <= width && y <= SIDE) ? points : undefined;
}

/** Of a canvas of so many places. */
export const strokesCodec = (places: number): Codec<readonly Stroke[]> => ({
  write: (strokes) => {
    const text = strokes.map((stroke) => stroke.map(([x, y]) => two(x) + two(y)).join('')).join('-');
    return text.length <= LONGEST ? text : '';
  },
  read: (text) => {
    if (text === '') return [];
    if (text.length > LONGEST || !/^[0-9a-z-]+$/.test(text)) return undefined;
    const strokes = text.split('-').map((one) => strokeOf(one, SIDE * places));
    return strokes.every((stroke) => stroke !== undefined) ? (strokes as Stroke[]) : undefined;
  },
});
