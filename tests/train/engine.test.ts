/** The modules of training: each variant starts, and draws the numbers that native code draws. */
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { EngineError, WasmError } from '../../ts/base/errors.js';
import { unary } from '../../ts/contract/steps.js';
import { sgd } from '../../ts/contract/train/steps.js';
import { HYPER_RATES } from '../../ts/contract/train/limits.js';
import { VERSION } from '../../ts/contract/train/words.js';
import type { Init } from '../../ts/graph/rule.js';
import { encode } from '../../ts/program/words.js';
import type { TrainEngine } from '../../ts/train/engine.js';
import { chooseTrainVariant, shippedTrainWasm } from '../../ts/train/files.js';
import { startTrainEngine } from '../../ts/train/wasm.js';
import { supports, VARIANTS } from '../../ts/wasm/variant.js';

const moduleAt = (folder: string): WebAssembly.Module =>
  new WebAssembly.Module(readFileSync(new URL(`../../crates/pkg/${folder}/receptive_bg.wasm`, import.meta.url)));

/** Node 20 has relaxed SIMD behind a flag. */
const RUNNABLE = VARIANTS.filter((variant) => supports(variant));

const SEED = 0x123456789abcdef0n;
const FANS = { fanIn: 50, fanOut: 150, gain: 1.5 };
const INITS: readonly Init[] = [
  { kind: 'uniform', bound: 0.25 },
  { kind: 'normal', std: 0.5 },
  { kind: 'kaimingUniform', fan: 50, gain: 1.5 },
  { kind: 'kaimingNormal', fan: 50, gain: 1.5 },
  { kind: 'xavierUniform', ...FANS },
  { kind: 'xavierNormal', ...FANS },
  { kind: 'orthogonal', rows: 2, gain: 1.5 },
];

/** What native code draws; see crates/kernels/tests/random.rs. */
const NATIVE = new Map(
  readFileSync(new URL('../../crates/kernels/tests/fixtures/random.txt', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
);

const hex = (words: Uint32Array): string => [...words].map((word) => word.toString(16).padStart(8, '0')).join(' ');
const bits = (numbers: Float32Array): string => hex(new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length));

/** One step, of one value to another. */
const program = (step: ReturnType<typeof unary>, lens: readonly number[]): Uint32Array =>
  encode({ lens, inputs: [0], outputs: [1], steps: [step] }, (weight) => weight, VERSION);

const COPY = program(unary({ x: 0, y: 1, len: 3 }), [3, 3]);

it('runs every variant that inference has here', () => {
  expect(RUNNABLE).toEqual(expect.arrayContaining(['scalar', 'simd']));
  expect(NATIVE.size).toBe(INITS.length + 2);
});

describe.each(RUNNABLE)('%s', (variant) => {
  let engine: TrainEngine;
  beforeAll(() => {
    engine = startTrainEngine(moduleAt(`train-${variant}`));
  });

  it('was compiled as this variant', () => {
    expect([engine.variant, engine.threads, engine.threadsReason]).toEqual([variant, 1, undefined]);
  });

  it.each(INITS)('draws the initial values $kind as native code does', (init) => {
    expect(bits(engine.initial(init, SEED, 3, init.kind === 'orthogonal' ? 6 : 7))).toBe(NATIVE.get(init.kind));
  });

  it('fills with a constant', () => {
    expect(engine.initial({ kind: 'constant', value: 0.1 }, SEED, 3, 3)).toEqual(new Float32Array(3).fill(0.1));
  });

  it('shuffles and draws for augmentation as native code does', () => {
    expect(hex(engine.permutation(SEED, 5, 9))).toBe(NATIVE.get('permutation'));
    expect(bits(engine.uniforms(SEED, 3, 5, 7))).toBe(NATIVE.get('uniforms'));
  });

  it('tells seeds, streams and rounds apart, and takes no numbers for an answer', () => {
    const drawn = [[SEED, 3, 5], [SEED + (1n << 63n), 3, 5], [SEED, 4, 5], [SEED, 3, 6]] as const;
    expect(new Set(drawn.map(([seed, stream, round]) => bits(engine.uniforms(seed, stream, round, 7)))).size).toBe(4);
    expect([engine.uniforms(SEED, 0, 0, 0).length, engine.permutation(SEED, 0, 0).length]).toEqual([0, 0]);
  });

  it('runs a program, whose views it makes anew after memory has grown', () => {
    const copy = engine.compile(COPY);
    engine.input(copy, 0).set([1, -2, 3]);
    const large = engine.compile(program(unary({ x: 0, y: 1, len: 1 << 24 }), [1 << 24, 1 << 24]));
    expect([...engine.input(copy, 0)]).toEqual([1, -2, 3]);
    engine.runSteps(copy, 0, 1);
    expect([...engine.output(copy, 0)]).toEqual([1, -2, 3]);
    expect(engine.bytes(large)).toBeGreaterThan(1 << 26);
    engine.release(large);
    engine.release(copy);
    expect(() => engine.input(copy, 0)).toThrow(EngineError);
  });

  it('updates a parameter where it lies', () => {
    const hyper = HYPER_RATES + 1;
    const step = sgd({ param: 0, grad: 1, hyper: 2, rate: HYPER_RATES, clip: 0, len: 2, decay: 0, momentum: 0, dampening: 0, nesterov: false });
    const id = engine.compile(encode({ lens: [2, 2, hyper], inputs: [0, 1, 2], outputs: [0], steps: [step] }, (weight) => weight, VERSION));
    engine.input(id, 0).set([1, 2]);
    engine.input(id, 1).set([4, -8]);
    engine.input(id, 2).fill(0);
    engine.input(id, 2)[HYPER_RATES] = 0.5;
    engine.runSteps(id, 0, 1);
    expect([...engine.output(id, 0)]).toEqual([-1, 6]);
    engine.release(id);
  });

  it('names the layer of a step that does not fit, and goes on', () => {
    const wrong = program(unary({ x: 0, y: 1, len: 4 }), [3, 3]);
    expect(() => engine.compile(wrong, (step) => ['conv1'][step])).toThrow(/^conv1: input has 3 elements, expected 4$/);
    expect(() => engine.initial({ kind: 'orthogonal', rows: 4, gain: 1 }, SEED, 0, 6)).toThrow(/^engine: weight has 6 elements, expected 4$/);
    expect(engine.compile(COPY)).toBe(0);
    engine.release(0);
  });

  it('refuses words of the contract of inference', () => {
    const copy = { lens: [3, 3], inputs: [0], outputs: [1], steps: [unary({ x: 0, y: 1, len: 3 })] };
    expect(() => engine.compile(encode(copy, (weight) => weight))).toThrow(/^engine: descriptor .* version /);
  });

  it('says what does not fit into memory, and goes on', () => {
    const most = 1 << 29;
    expect(() => engine.compile(program(unary({ x: 0, y: 1, len: most }), [most, most]))).toThrow(EngineError);
    expect(() => engine.uniforms(SEED, 0, 0, most)).toThrow(/numbers do not fit into memory/);
    expect(engine.uniforms(SEED, 0, 0, 1).length).toBe(1);
  });
});

it('refuses a module of inference, and one of another version', () => {
  expect(() => startTrainEngine(moduleAt('simd'))).toThrow(/^wasm: expected a module of training, got another; use one of the files train-\*\.wasm$/);
  expect(() => startTrainEngine(new WebAssembly.Module(Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0])))).toThrow(WasmError);
});

it('chooses the fastest variant, threaded where there are threads', () => {
  const best = RUNNABLE.at(-1);
  expect([chooseTrainVariant(), chooseTrainVariant('auto', true)]).toEqual([best, `${best}-threads`]);
  expect([chooseTrainVariant('simd', true), chooseTrainVariant('scalar', true)]).toEqual(['simd-threads', 'scalar']);
});

it('names files that are built', () => {
  for (const variant of VARIANTS) {
    const name = shippedTrainWasm(variant).split('/').at(-1) ?? '';
    expect(name).toBe(`train-${variant}.wasm`);
    expect(existsSync(new URL(`../../crates/pkg/${name.replace('.wasm', '')}/receptive_bg.wasm`, import.meta.url))).toBe(true);
  }
});
