/** The lessons' module through its TypeScript face; crates/lessons/tests compares the lessons with each other. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';
import { LESSONS, openLessons } from '../../ts/entries/lessons.js';
import type { LessonName, Lessons, LessonShape } from '../../ts/entries/lessons.js';
import type * as Built from '../../ts/entries/lessons.js';

const ROOT = new URL('../../', import.meta.url);
const WASM = new URL('dist/wasm/lessons.wasm', ROOT);
let lessons: Lessons;
beforeAll(async () => {
  lessons = await openLessons({ wasm: WASM });
});

const SHAPE: LessonShape = { channels: 3, height: 9, width: 10, outChannels: 5, kernel: 3, padding: 1 };

function wave(length: number, step: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => Math.sin(i * step));
}

/** The formula in float64. */
function formula(x: Float32Array, weights: Float32Array, bias: Float32Array, shape: LessonShape, [oc, oh, ow]: readonly number[]): number[] {
  const { channels, height, width, kernel, stride = 1, padding = 0 } = shape;
  const [kh, kw] = typeof kernel === 'number' ? [kernel, kernel] : kernel;
  const pixel = (c: number, h: number, w: number): number => (h >= 0 && h < height && w >= 0 && w < width ? x[(c * height + h) * width + w]! : 0);
  return Array.from({ length: oc! * oh! * ow! }, (_, i) => {
    const [out, top, left] = [Math.floor(i / (oh! * ow!)), (Math.floor(i / ow!) % oh!) * stride - padding, (i % ow!) * stride - padding];
    let sum = bias[out]!;
    for (let k = 0; k < channels * kh * kw; k++) {
      const [c, h, w] = [Math.floor(k / (kh * kw)), Math.floor(k / kw) % kh, k % kw];
      sum += pixel(c, top + h, left + w) * weights[out * channels * kh * kw + k]!;
    }
    return sum;
  });
}

function expectClose(got: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const close = Math.abs(got[i]! - expected[i]!) <= tolerance;
    if (!close) throw new Error(`element ${i}: ${got[i]}, expected ${expected[i]}`);
  }
}

describe('run', () => {
  const shapes: [string, LessonShape, number[]][] = [
    ['3x3', SHAPE, [5, 9, 10]],
    ['a kernel that is not square, by 2', { ...SHAPE, kernel: [2, 5], stride: 2, padding: 2 }, [5, 6, 5]],
    ['one pixel', { channels: 1, height: 1, width: 1, outChannels: 1, kernel: 1 }, [1, 1, 1]],
    ['a second, larger one, for which memory grows', { channels: 64, height: 60, width: 61, outChannels: 9, kernel: 3 }, [9, 58, 59]],
  ];
  describe.each(shapes)('%s', (_, shape, output) => {
    it.each(LESSONS.map(({ name }) => name))('%s gives the sums of the formula', (name) => {
      expect(lessons.outputShape(shape)).toEqual(output);
      if (!lessons.supports(name, shape)) return expect([name, shape.kernel]).not.toEqual([name, 3]);
      const [kh, kw] = typeof shape.kernel === 'number' ? [shape.kernel, shape.kernel] : shape.kernel;
      const k = shape.channels * kh * kw;
      const [x, weights, bias] = [wave(shape.channels * shape.height * shape.width, 0.37), wave(shape.outChannels * k, 0.73), wave(shape.outChannels, 1.1)];
      const { y, ms } = lessons.run(name, shape, { x, weights, bias });
      expectClose(y, formula(x, weights, bias, shape, output), 4 * 2 ** -23 * (k + 8));
      expect(ms).toBeGreaterThanOrEqual(0);
      const { y: without } = lessons.run(name, shape, { x, weights });
      expectClose(without, formula(x, weights, new Float32Array(shape.outChannels), shape, output), 4 * 2 ** -23 * (k + 8));
    });
  });
});

describe('refuses', () => {
  const wrong: [string, Partial<LessonShape>, object][] = [
    ['half a channel', { channels: 1.5 }, { code: 'argument', place: 'channels' }],
    ['a negative padding', { padding: -1 }, { code: 'argument', place: 'padding' }],
    ['what is no number', { height: '9' as unknown as number }, { code: 'argument', place: 'height' }],
    ['a kernel without size', { kernel: 0 }, { code: 'geometry', place: 'kernel' }],
    ['a kernel that does not fit', { kernel: [3, 13] }, { code: 'geometry', got: '3 x 13, stride 1, on 9 x 10 with padding 1' }],
    ['no step', { stride: 0 }, { code: 'argument', place: 'stride', expected: 'a whole number from 1 to 2^28' }],
    ['what no lesson does', { dilation: 2 } as object, { code: 'argument', message: expect.stringContaining('dilation') }],
    ['more than memory holds', { height: 2 ** 20, width: 2 ** 20 }, { code: 'shape', place: 'shape' }],
  ];
  it.each(wrong)('%s', (_, part, error) => {
    expect(() => lessons.outputShape({ ...SHAPE, ...part })).toThrow(expect.objectContaining(error) as Error);
  });

  const operands = { x: wave(270, 1), weights: wave(135, 1), bias: wave(5, 1) };
  it.each(['x', 'weights', 'bias'] as const)('%s of another length or type', (place) => {
    const run = (data: unknown) => () => lessons.run('naive', SHAPE, { ...operands, [place]: data } as typeof operands);
    const error = expect.objectContaining({ code: 'shape', place }) as Error;
    expect(run(operands[place].slice(1))).toThrow(error);
    expect(run(Array.from(operands[place]))).toThrow(error);
  });

  it('what is no shape, and no operands', () => {
    for (const none of [null, 5, []]) {
      const typed = expect.objectContaining({ code: 'argument' }) as Error;
      expect(() => lessons.outputShape(none as unknown as LessonShape)).toThrow(typed);
      expect(() => lessons.run('naive', SHAPE, none as unknown as typeof operands)).toThrow(typed);
    }
    expect(() => lessons.run('naive', SHAPE, { ...operands, bais: operands.bias } as typeof operands)).toThrow(/did you mean bias/);
    expect(() => lessons.run('naive', SHAPE, { ...operands, x: new Float64Array(270) } as unknown as typeof operands)).toThrow(/got Float64Array/);
  });

  it('a lesson there is none of', () => {
    const run = () => lessons.run('fft' as LessonName, SHAPE, operands);
    expect(run).toThrow(expect.objectContaining({ code: 'argument', place: 'lesson', got: '"fft"' }) as Error);
  });

  it('Winograd for other kernels than 3 x 3 at stride 1, as supports says', () => {
    for (const part of [{ stride: 2 }, { kernel: [3, 1] as const }, { kernel: 5 }]) {
      const shape = { ...SHAPE, ...part };
      expect(lessons.supports('Winograd F(2,3)', shape)).toBe(false);
      expect(() => lessons.run('Winograd F(2,3)', shape, operands)).toThrow(expect.objectContaining({ code: 'unsupported' }) as Error);
    }
    expect(lessons.supports('Winograd F(2,3)', SHAPE)).toBe(true);
  });
});

it('starts anew after the module has failed, as it does where memory does not suffice', async () => {
  const failing = await openLessons({ wasm: WASM });
  const operands = { x: wave(270, 1), weights: wave(135, 1) };
  const { Instance } = WebAssembly;
  const trap = (): never => {
    throw new WebAssembly.RuntimeError('unreachable');
  };
  try {
    WebAssembly.Instance = function (module: WebAssembly.Module) {
      return { exports: { ...new Instance(module).exports, run: trap } };
    } as unknown as typeof Instance;
    expect(() => failing.run('naive', SHAPE, operands)).toThrow(expect.objectContaining({ code: 'engine', place: 'naive', got: 'unreachable' }) as Error);
  } finally {
    WebAssembly.Instance = Instance;
  }
  expect(failing.run('naive', SHAPE, operands).y).toEqual(lessons.run('naive', SHAPE, operands).y);
});

describe('openLessons', () => {
  it('takes bytes and a compiled module', async () => {
    const bytes = new Uint8Array(readFileSync(WASM));
    for (const wasm of [bytes, await WebAssembly.compile(bytes)]) {
      expect((await openLessons({ wasm })).outputShape(SHAPE)).toEqual([5, 9, 10]);
    }
  });

  it('finds the file beside the built scripts', async () => {
    const built = (await import(new URL('dist/node/lessons.js', ROOT).href)) as typeof Built;
    expect((await built.openLessons()).outputShape(SHAPE)).toEqual([5, 9, 10]);
  });

  it.each(['web', 'simd'])('is the one module that bundlers carry along with dist/%s', async (kind) => {
    const entry = 'virtual:app';
    const code = `export * from ${JSON.stringify(fileURLToPath(new URL(`dist/${kind}/lessons.js`, ROOT)))};`;
    const source = { name: 'app', resolveId: (id: string) => (id === entry ? id : null), load: (id: string) => (id === entry ? code : null) };
    const built = await build({
      root: fileURLToPath(ROOT), configFile: false, logLevel: 'error', plugins: [source],
      build: { write: false, rollupOptions: { input: entry, preserveEntrySignatures: 'strict' }, modulePreload: false, assetsInlineLimit: 0 },
    });
    const { output } = built as { output: { fileName: string }[] };
    const files = output.map(({ fileName }) => fileName.replace(/-[^-]*(\.\w+)$/, '$1'));
    expect(files.filter((name) => !name.endsWith('.js'))).toEqual(['assets/lessons.wasm']);
    expect(files.filter((name) => /worker/.test(name))).toEqual([]);
  });

  it('says what is wrong with its options', async () => {
    for (const options of [null, 5, 'x', { wsam: 1 }, { wasm: 5 }, { wasm: null }]) {
      await expect(openLessons(options as object)).rejects.toMatchObject({ code: 'argument' });
    }
    const engine = await WebAssembly.compile(readFileSync(new URL('dist/wasm/simd.wasm', ROOT)));
    const other = await openLessons({ wasm: engine });
    expect(() => other.outputShape(SHAPE)).toThrow(expect.objectContaining({ code: 'wasm', place: 'wasm' }) as Error);
  });

  it('says what is wrong with the file', async () => {
    await expect(openLessons({ wasm: 'no/such.wasm' })).rejects.toMatchObject({ code: 'wasm', place: 'no/such.wasm' });
    await expect(openLessons({ wasm: Uint8Array.of(60, 33) })).rejects.toMatchObject({ code: 'wasm' });
    const other = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
    await expect(openLessons({ wasm: other })).rejects.toMatchObject({ code: 'wasm', got: 'a module without a version' });
  });
});

it('names pages that exist', () => {
  for (const { page } of LESSONS) expect([page, existsSync(new URL(page, ROOT))]).toEqual([page, true]);
});

it('keeps every page within 80 lines', () => {
  for (const { page } of LESSONS) {
    const lines = readFileSync(new URL(page, ROOT), 'utf8').trimEnd().split('\n').length;
    expect([page, lines <= 80]).toEqual([page, true]);
  }
});
