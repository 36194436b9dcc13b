import { UnsupportedError } from '../base/errors.js';

/**
 * What a model is for: its first output has one score a class (`classification`), one for every class and pixel
 * [N, classes, H, W] (`segmentation`), or it says in a form of its own what is where (`detection`).
 */
export type Task = 'classification' | 'segmentation' | 'detection';

export const TASKS: readonly unknown[] = ['classification', 'segmentation', 'detection'] satisfies Task[];

export function isTask(value: unknown): value is Task | undefined {
  return value === undefined || TASKS.includes(value);
}

/** @throws UnsupportedError where a model says that its numbers are no scores of classes */
export function expectClassification(task: Task | undefined): void {
  if (task === undefined || task === 'classification') return;
  const hint = 'use run()';
  throw new UnsupportedError(`classify: the model is made for ${task}; ${hint}`, { place: 'classify', expected: 'classification', got: task, hint });
}
