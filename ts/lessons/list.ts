import { wrong } from '../base/wrong.js';
import { showValue } from '../base/show.js';

/** The name of a lesson. */
export type LessonName = 'naive' | 'im2col' | 'blocked' | 'register tile' | 'packed + SIMD' | 'Winograd F(2,3)';

/** One version of convolution. */
export interface Lesson {
  /** What it adds to the one before. */
  readonly name: LessonName;
  /** What it does, in a line. */
  readonly summary: string;
  /** Its page, from the root of the repository. */
  readonly page: string;
  /** How many of the definition's multiplications it needs: 1, or less for Winograd. */
  readonly multiplications: number;
}

const FOLDER = 'crates/lessons/src';

/** The lessons, in reading order, which is that of crates/lessons. */
export const LESSONS: readonly Lesson[] = [
  { name: 'naive', summary: 'the formula as six loops', page: `${FOLDER}/lesson0_naive.rs`, multiplications: 1 },
  { name: 'im2col', summary: 'convolution is a product of matrices', page: `${FOLDER}/lesson1_im2col.rs`, multiplications: 1 },
  { name: 'blocked', summary: 'the matrix by pieces that stay in the cache', page: `${FOLDER}/lesson2_blocked.rs`, multiplications: 1 },
  { name: 'register tile', summary: 'what was loaded is used several times', page: `${FOLDER}/lesson3_register_tile.rs`, multiplications: 1 },
  { name: 'packed + SIMD', summary: 'operands in the order of reading, vectors written out', page: `${FOLDER}/lesson4_packed_simd.rs`, multiplications: 1 },
  { name: 'Winograd F(2,3)', summary: 'fewer multiplications', page: `${FOLDER}/lesson5_winograd.rs`, multiplications: 16 / 36 },
];

/** The number of a lesson. @throws ArgumentError naming those there are */
export function numberOf(lesson: LessonName): number {
  const number = LESSONS.findIndex(({ name }) => name === lesson);
  if (number >= 0) return number;
  const expected = LESSONS.map(({ name }) => name).join(', ');
  const got = showValue(lesson);
  wrong('lesson', `one of ${expected}`, got);
}
