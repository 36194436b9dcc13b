/**
 * One convolution computed in six ways, from the formula to Winograd: what `crates/lessons` explains, to be run and timed.
 * @module receptive/lessons
 */
export { LESSONS } from '../lessons/list.js';
export type { Lesson, LessonName } from '../lessons/list.js';
export { openLessons } from '../lessons/open.js';
export type { LessonsOptions } from '../lessons/open.js';
export type { LessonOperands, LessonRun, Lessons, LessonShape } from '../lessons/lessons.js';
