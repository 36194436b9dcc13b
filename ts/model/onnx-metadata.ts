import { readPythonLiteral } from '../formats/python-literal.js';
import type { PythonValue } from '../formats/python-literal.js';
import type { OnnxModel } from '../onnx/form/types.js';
import type { PreprocessOptions } from '../image/types.js';
import type { DetectSpec } from '../tasks/detect/spec.js';
import type { TaskSpec } from '../tasks/task.js';
import type { ModelDescription } from './model-file.js';

/** More names, and longer ones, are no names of classes. */
const MOST_NAMES = 1 << 16;
const LONGEST_NAME = 1000;
/** Pixels of a side. */
const LARGEST_SIDE = 1 << 14;

type Metadata = OnnxModel['metadata'];

/**
 * What the metadata of an ONNX file says of the model, as exporters of YOLO write it: `names`, `task`, `imgsz`, `stride`, `kpt_shape`, each the
 * text of a literal. A stranger may have written them: what has no meaning is left out.
 */
export function describeOnnx({ metadata, graph }: OnnxModel): Pick<ModelDescription, 'labels' | 'task'> {
  const fixed = graph.inputs[0]?.shape?.slice(2).every((dim) => typeof dim === 'number') ?? false;
  return { labels: namesOf(read(metadata, 'names')), task: taskOf(metadata, fixed) };
}

function read(metadata: Metadata, key: string): PythonValue | undefined {
  return readPythonLiteral(metadata.get(key) ?? '');
}

/** A list of names, or a dictionary whose keys are 0, 1, 2, ... in any order. */
function namesOf(value: PythonValue | undefined): readonly string[] | undefined {
  const entries = value instanceof Map ? (value as ReadonlyMap<string | number, PythonValue>) : undefined;
  const size = entries?.size ?? (Array.isArray(value) ? value.length : 0);
  if (size === 0 || size > MOST_NAMES) return undefined;
  const at = (i: number): unknown => (entries ? (entries.get(i) ?? entries.get(String(i))) : (value as readonly unknown[])[i]);
  const names = Array.from({ length: size }, (_, i) => at(i));
  return names.every((name): name is string => typeof name === 'string' && name.length <= LONGEST_NAME) ? names : undefined;
}

/** @param fixed - whether the input has one size, which then stands for `imgsz` */
function taskOf(metadata: Metadata, fixed: boolean): TaskSpec | undefined {
  const size = sizeOf(read(metadata, 'imgsz'));
  switch (metadata.get('task')) {
    case 'detect':
    // Boxes and masks of objects: the boxes.
    case 'segment':
      return { kind: 'detect', preprocess: letterbox(metadata, fixed ? undefined : size) };
    case 'pose':
      return { kind: 'detect', preprocess: letterbox(metadata, fixed ? undefined : size), ...keyPoints(read(metadata, 'kpt_shape')) };
    case 'classify':
      return size ? { kind: 'classify', preprocess: { preset: 'unit', resize: 'shorter', size: Math.min(...size), crop: size } } : { kind: 'classify' };
    default:
      return undefined;
  }
}

/** For inputs of open size the file's size, and no more around the photo than the largest stride wants. */
function letterbox(metadata: Metadata, size: readonly [number, number] | undefined): PreprocessOptions {
  if (!size) return 'letterbox';
  const stride = read(metadata, 'stride');
  return isSide(stride) ? { preset: 'letterbox', size, multiple: stride } : { preset: 'letterbox', size };
}

function keyPoints(shape: PythonValue | undefined): Pick<DetectSpec, 'extra'> {
  return Array.isArray(shape) && shape.length === 2 && shape.every(isSide) ? { extra: shape[0]! * shape[1]! } : {};
}

function sizeOf(value: PythonValue | undefined): readonly [number, number] | undefined {
  const sides: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  const [height, width] = sides;
  return sides.length === 2 && isSide(height) && isSide(width) ? [height, width] : undefined;
}

function isSide(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= LARGEST_SIDE;
}
