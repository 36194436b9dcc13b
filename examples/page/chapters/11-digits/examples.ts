/** Drawings to begin with: a three, and the postal code of Seoul's city hall, 04524. */
import { SIDE } from '../../ui/pad.js';
import type { Stroke } from '../../ui/pad.js';

const THREE: readonly Stroke[] = [[[95, 70], [135, 52], [180, 65], [185, 100], [150, 130], [125, 135], [160, 140], [195, 170], [185, 210], [140, 232], [92, 212]]];
const ZERO: readonly Stroke[] = [[[145, 55], [110, 70], [90, 110], [86, 150], [98, 200], [130, 225], [165, 215], [190, 175], [194, 125], [182, 80], [145, 55]]];
const FOUR: readonly Stroke[] = [[[110, 60], [85, 160], [205, 160]], [[180, 60], [175, 230]]];
const FIVE: readonly Stroke[] = [[[190, 60], [112, 60], [102, 135], [140, 120], [182, 138], [195, 178], [172, 218], [128, 228], [90, 210]]];
const TWO: readonly Stroke[] = [[[90, 95], [105, 65], [145, 55], [185, 75], [188, 110], [160, 150], [120, 190], [90, 222], [140, 218], [200, 220]]];

export const EXAMPLES: Readonly<Record<'one' | 'code', readonly Stroke[]>> = {
  one: THREE,
  code: [ZERO, FOUR, FIVE, TWO, FOUR].flatMap((digit, place) => digit.map((stroke) => stroke.map(([x, y]) => [x + place * SIDE, y] as const))),
};
