import { failed, wrong } from '../base/wrong.js';
import { EngineError, GeometryError, ShapeError, UnsupportedError, WasmError } from '../base/errors.js';
import type { PlatformModule } from '../base/globals.js';
import { checkOptions, optionNames } from '../base/options.js';
import { showValue, typeName } from '../base/show.js';
import { numberOf } from './list.js';
import type { LessonName } from './list.js';

/** A convolution of one image [channels, height, width] with weights [outChannels, channels, kernel, kernel]. */
export interface LessonShape {
  /** Channels of the image, from 1 on. */
  readonly channels: number;
  /** Height of the image, in pixels. */
  readonly height: number;
  /** Width of the image, in pixels. */
  readonly width: number;
  /** Channels of the output, from 1 on. */
  readonly outChannels: number;
  /** Side of the kernel, or height and width, in pixels. */
  readonly kernel: number | readonly [number, number];
  /** Step of the kernel, both ways, from 1 on. Default 1. */
  readonly stride?: number | undefined;
  /** Zeros around the image, on all four sides. Default 0. */
  readonly padding?: number | undefined;
}

/** What is convolved; each array in the order of its last dimension. */
export interface LessonOperands {
  /** [channels, height, width] */
  readonly x: Float32Array;
  /** [outChannels, channels, kernel height, kernel width] */
  readonly weights: Float32Array;
  /** [outChannels]. Default: zeros. */
  readonly bias?: Float32Array | undefined;
}

/** What a lesson computed. */
export interface LessonRun {
  /** [outChannels, output height, output width] */
  readonly y: Float32Array;
  /** Milliseconds of the computation alone, without copies in and out. */
  readonly ms: number;
}

/** What the module exports; see crates/lessons/src/wasm.rs. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  prepare(c: number, h: number, w: number, oc: number, kh: number, kw: number, stride: number, pad: number): number;
  output_height(): number;
  output_width(): number;
  operand_len(which: number): number;
  operand(which: number): number;
  supports(lesson: number): number;
  run(lesson: number): number;
}

const OPERANDS = ['x', 'weights', 'bias'] as const;

/** The started lessons; made by `openLessons`. They compute on the calling thread: in pages, use them in a worker. */
export class Lessons {
  readonly #module: WebAssembly.Module;
  #exports: Exports | undefined;

  /** @internal */
  constructor(module: PlatformModule) {
    this.#module = module;
  }

  /**
   * [outChannels, height, width] of the output.
   * @throws ArgumentError for what is no size, GeometryError if the kernel does not fit, ShapeError for more than 2^28 elements
   */
  outputShape(shape: LessonShape): [number, number, number] {
    const wasm = this.#prepare(shape);
    return [shape.outChannels, wasm.output_height(), wasm.output_width()];
  }

  /** Whether a lesson computes such a shape: Winograd only 3 x 3 kernels at stride 1. @throws as `outputShape` */
  supports(lesson: LessonName, shape: LessonShape): boolean {
    return this.#prepare(shape).supports(numberOf(lesson)) !== 0;
  }

  /**
   * Computes a convolution by one lesson.
   * @throws as `outputShape`; ShapeError for an array of another length, UnsupportedError where `supports` says no, EngineError if
   * memory does not suffice
   */
  run(lesson: LessonName, shape: LessonShape, operands: LessonOperands): LessonRun {
    checkOptions('run', operands, OPERAND_NAMES);
    const { x, weights, bias } = operands;
    const number = numberOf(lesson);
    const wasm = this.#prepare(shape);
    if (!wasm.supports(number)) {
      wrong(lesson, '3 x 3 kernels at stride 1', 'another window', { as: UnsupportedError });
    }
    const given = [x, weights, bias ?? new Float32Array(shape.outChannels)];
    given.forEach((data, which) => expectLength(OPERANDS[which] ?? '', wasm.operand_len(which), data));
    try {
      return compute(wasm, number, given);
    } catch (cause) {
      // After a trap the instance is of no use: the next call starts another.
      this.#exports = undefined;
      const got = cause instanceof Error ? cause.message : String(cause);
      failed(lesson, 'memory did not suffice, or the module failed', got, { as: EngineError, cause });
    }
  }

  /** Tells the module the shape. */
  #prepare(shape: LessonShape): Exports {
    checkOptions('shape', shape, SHAPE_NAMES);
    this.#exports ??= start(this.#module);
    const { channels, height, width, outChannels, kernel, stride = 1, padding = 0 } = shape;
    const [kh, kw] = typeof kernel === 'object' ? kernel : [kernel, kernel];
    const sizes = { channels, height, width, outChannels, 'kernel height': kh, 'kernel width': kw, stride, padding };
    for (const [name, size] of Object.entries(sizes)) {
      const least = name === 'stride' ? 1 : 0;
      if (Number.isInteger(size) && size >= least && size <= MAX_ELEMENTS) continue;
      const [expected, got] = [`a whole number from ${least} to 2^28`, showValue(size)];
      wrong(name, expected, got);
    }
    const code = this.#exports.prepare(channels, height, width, outChannels, kh, kw, stride, padding);
    if (code === 0) return this.#exports;
    const got = `${kh} x ${kw}, stride ${stride}, on ${height} x ${width} with padding ${padding}`;
    if (code === GEOMETRY) wrong('kernel', 'a kernel that fits into the padded image', got, { as: GeometryError });
    const expected = 'image, weights, output and im2col matrix of at most 2^28 elements';
    wrong('shape', expected, got, { as: ShapeError });
  }
}

const SHAPE_NAMES = optionNames<LessonShape>({
  channels: true, height: true, width: true, outChannels: true, kernel: true, stride: true, padding: true,
});
const OPERAND_NAMES = optionNames<LessonOperands>({ x: true, weights: true, bias: true });

/** @throws WasmError for another module */
function start(module: WebAssembly.Module): Exports {
  try {
    return new WebAssembly.Instance(module).exports as unknown as Exports;
  } catch (cause) {
    const [expected, got] = ['lessons.wasm of this package', cause instanceof Error ? cause.message : String(cause)];
    wrong('wasm', expected, `another module (${got})`, { as: WasmError, cause });
  }
}

/** Most elements of one array in crates/lessons. */
const MAX_ELEMENTS = 2 ** 28;

/** The module's number of an impossible geometry. */
const GEOMETRY = 1;

function expectLength(place: string, length: number, data: unknown): void {
  const fits = data instanceof Float32Array && data.length === length;
  if (fits) return;
  const expected = `a Float32Array of ${length} elements`;
  const got = data instanceof Float32Array ? `${data.length} elements` : typeName(data);
  wrong(place, expected, got, { as: ShapeError });
}

function compute(wasm: Exports, lesson: number, given: readonly Float32Array[]): LessonRun {
  // All addresses before the first view: memory may grow with each, which detaches views.
  const places = [0, 1, 2, 3].map((which) => wasm.operand(which));
  const view = (which: number): Float32Array => new Float32Array(wasm.memory.buffer, places[which], wasm.operand_len(which));
  given.forEach((data, which) => view(which).set(data));
  const start = performance.now();
  const code = wasm.run(lesson);
  const ms = performance.now() - start;
  if (code !== 0) throw new Error(`code ${code}`);
  return { y: view(3).slice(), ms };
}
