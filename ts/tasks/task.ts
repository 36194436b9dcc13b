import { UnsupportedError } from '../base/errors.js';
import { checkOptions, optionNames } from '../base/options.js';
import type { KnownOptions } from '../base/options.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import { preprocessSpec } from '../image/spec.js';
import type { PreprocessOptions } from '../image/types.js';
import { checkDetectSpec, DETECT_SPEC } from './detect/spec.js';
import type { DetectSpec } from './detect/spec.js';
import { checkSegmentSpec, SEGMENT_SPEC } from './segment/spec.js';
import type { SegmentSpec } from './segment/spec.js';

/**
 * What a model is for: its first output has one score a class (`classification`), one for every class and pixel
 * [N, classes, H, W] (`segmentation`), or it says in a form of its own what is where (`detection`).
 */
export type Task = 'classification' | 'segmentation' | 'detection';

/** What a model is for, where there is nothing more to say. */
export interface ClassifySpec {
  /** One score a class. */
  readonly kind: 'classify';
  /** How pixels become the input, where neither call nor model say it. */
  readonly preprocess?: PreprocessOptions | undefined;
}

/** What a model is for, and how its outputs are read. */
export type TaskSpec = ClassifySpec | DetectSpec | SegmentSpec;

const KINDS: Readonly<Record<TaskSpec['kind'], Task>> = { classify: 'classification', segment: 'segmentation', detect: 'detection' };

export const TASKS: readonly unknown[] = Object.values(KINDS);

/** @throws ArgumentError for another value than a name or a spec, or a spec that has no meaning */
export function taskSpec(value: unknown, place = 'task'): TaskSpec | undefined {
  if (value === undefined) return undefined;
  const named = (Object.keys(KINDS) as TaskSpec['kind'][]).find((kind) => KINDS[kind] === value);
  if (named) return { kind: named };
  const kind: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'kind') : undefined;
  if (typeof kind !== 'string' || !Object.hasOwn(KINDS, kind)) {
    const expected = typeof value === 'string' ? TASKS.join(', ') : `${TASKS.join(', ')}, or an object with a kind of ${Object.keys(KINDS).join(', ')}`;
    return wrong(place, expected, showValue(kind ?? value));
  }
  const spec = value as TaskSpec;
  checkOptions(place, spec, OPTIONS[spec.kind]);
  if (spec.kind === 'detect') checkDetectSpec(spec, place);
  if (spec.kind === 'segment') checkSegmentSpec(spec, place);
  if (spec.preprocess !== undefined) preprocessSpec(spec.preprocess);
  return spec;
}

const OPTIONS: Readonly<Record<TaskSpec['kind'], KnownOptions>> = {
  classify: optionNames<ClassifySpec>({ kind: true, preprocess: true }),
  detect: DETECT_SPEC,
  segment: SEGMENT_SPEC,
};

/** The name of what a spec is for. */
export function taskName(spec: TaskSpec | undefined): Task | undefined {
  return spec && KINDS[spec.kind];
}

/**
 * @param call - what is asked
 * @throws UnsupportedError where a model says that it is for something else
 */
export function expectTask(call: TaskSpec['kind'], spec: TaskSpec | undefined): void {
  if (spec === undefined || spec.kind === call) return;
  const hint = `use ${spec.kind}(), or run()`;
  const [expected, got] = [KINDS[call], KINDS[spec.kind]];
  wrong(call, `a model made for ${expected}`, `one made for ${got}`, { as: UnsupportedError, hint });
}
