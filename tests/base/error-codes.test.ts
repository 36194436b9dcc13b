/** Every code, of the library and of the engine, is provoked here by what its users do. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createGlue } from '../../crates/pkg/glue.js';
import { engineFailure } from '../../ts/session/failures.js';
import type { EngineApi } from '../../ts/wasm/instance.js';
import { openModel } from '../../ts/model/open.js';
import { throwIfAborted } from '../../ts/bytes/response.js';
import { checkWeights } from '../../ts/session/weights.js';
import { compileBytes } from '../../ts/bytes/wasm-bytes.js';
import { ERROR_TABLE } from '../../ts/base/error-table.js';
import { ReceptiveError } from '../../ts/base/errors.js';
import type { ErrorCode } from '../../ts/base/errors.js';
import { expectIntegrity } from '../../ts/bytes/integrity.js';
import { inMemory, sourceOf } from '../../ts/formats/stored.js';
import { readSafetensors } from '../../ts/formats/safetensors.js';
import { decodeImage } from '../../ts/image/decode.platform.js';
import { loadInline } from '../../ts/model/inline-model.js';
import { conv2d, graph, input, linear, relu } from '../../ts/ops/layers.js';
import { filterSpec } from '../../ts/contract/steps.js';
import { buildPlan } from '../../ts/program/plan.js';
import { tensor } from '../../ts/tensor/tensor.js';
import type { Tensor } from '../../ts/tensor/tensor.js';
import { Dispatcher } from '../../ts/worker/dispatcher.js';
import { expectSameVersion } from '../../ts/worker/versions.js';

const wasm = new WebAssembly.Module(new Uint8Array(readFileSync(new URL('../../crates/pkg/simd/receptive_bg.wasm', import.meta.url))));
const x = input([1, 1, 4, 4]);
const NET = graph({ x }, { y: relu()(x) });
const inline = (net = NET) => loadInline(net, {}, { defaultWasm: () => wasm });

const PROVOKED: Record<ErrorCode, () => unknown> = {
  shape: () => linear(3, 4)(input([1, 5])),
  dtype: async () => (await inline()).run(tensor([1], [1], 'int64')),
  argument: async () => (await inline()).run({ nobody: [1] }),
  geometry: () => conv2d(1, 1, 7)(x),
  graph: () => graph({}, { y: x }),
  weights: () => checkWeights([{ name: 'w', shape: [1] }], sourceOf([])),
  format: () => readSafetensors(inMemory(new Uint8Array(9)), 'file'),
  image: () => decodeImage(new Uint8Array(0)),
  wasm: () => compileBytes(new TextEncoder().encode('<!doctype html>'), 'page.wasm'),
  engine: () => provokeEngine('engine/descriptor'),
  worker: () => expectSameVersion('1.0.0', '2.0.0'),
  overloaded: () => new Dispatcher({ maxQueue: 0 }).call(() => () => Promise.resolve()),
  integrity: () => expectIntegrity(inMemory(new Uint8Array(1)), 'file', `sha256-${'A'.repeat(43)}=`),
  aborted: () => throwIfAborted(AbortSignal.abort()),
  disposed: async () => {
    const model = await inline();
    model.dispose();
    model.run(new Float32Array(16));
  },
  unsupported: async () => (await inline()).classify({ data: new Uint8Array(3), width: 1, height: 1, channels: 3 }),
};

async function caught(provoke: () => unknown): Promise<unknown> {
  try {
    await provoke();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('every error code', () => {
  it.each(Object.entries(PROVOKED))('%s is provoked', async (code, provoke) => {
    const error = await caught(provoke);
    expect(error).toBeInstanceOf(ReceptiveError);
    expect(error).toMatchObject({ code });
    expect((error as Error).message).not.toBe('');
  });

  it('is among them, with its meaning and its remedy', () => {
    const declared = /export type ErrorCode =([^;]*);/.exec(readFileSync(new URL('../../ts/base/errors.ts', import.meta.url), 'utf8'))?.[1];
    const codes = [...(declared ?? '').matchAll(/'([a-z]+)'/g)].map(([, code]) => code).sort();
    expect(codes.length).toBeGreaterThan(10);
    expect(Object.keys(PROVOKED).sort()).toEqual(codes);
    expect(Object.keys(ERROR_TABLE).sort()).toEqual(codes);
    for (const { meaning, remedy } of Object.values(ERROR_TABLE)) expect([meaning, remedy]).not.toContain('');
  });

  it("is in the guide's table", () => {
    const guide = readFileSync(new URL('../../examples/guides/errors.md', import.meta.url), 'utf8');
    for (const [code, { meaning, remedy }] of Object.entries(ERROR_TABLE)) expect(guide).toContain(`| \`${code}\` | ${meaning} | ${remedy} |`);
  });
});

/** A convolution as the plan hands it to the engine. */
const CONV = graph({ x }, { y: conv2d(1, 1, 3)(x) });
const stored: Record<string, Tensor> = Object.fromEntries(
  CONV.params.map(({ name, shape }) => [name, tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape)]),
);

const z = input([1, 1, 40_000, 40_000]);
const HUGE = graph({ z }, { y: relu()(z) });

const ENGINE: Record<string, (engine: EngineApi, spec: number[], words: (slot: number) => Uint32Array) => unknown> = {
  'engine/descriptor': (engine) => engine.compile(Uint32Array.of(1, 2, 3)),
  'engine/argument': (engine) => engine.run(99),
  'engine/geometry': (engine, spec) => engine.filter(Uint32Array.from(spec.with(1, 0)), new Float64Array(0)),
  'engine/shape': (engine, spec) => engine.filter(Uint32Array.from(spec), new Float64Array(5)),
  'engine/weights': (engine, spec, words) => engine.compile(words(engine.filter(Uint32Array.from(spec), new Float64Array(0)))),
  // More elements than wasm can address, which is found before anything is allocated.
  'engine/memory': (engine) => engine.compile(buildPlan(HUGE, [[1, 1, 40_000, 40_000]], sourceOf([])).words(() => 0)),
};

function provokeEngine(code: string): never {
  const glue = createGlue();
  glue.initSync({ module: wasm });
  const engine: EngineApi = new glue.Engine(1);
  const source = sourceOf(
    Object.entries(stored).map(([name, { shape, data }]) => ({ name, shape, dtype: 'F32' as const, bytes: new Uint8Array(data.buffer) })),
  );
  const plan = buildPlan(CONV, [[1, 1, 4, 4]], source);
  const spec = plan.weights.flatMap((weight) => (weight.kind === 'filter' ? [filterSpec({ ...weight.spec, algorithm: 'auto' })] : []))[0] ?? [];
  try {
    ENGINE[code]?.(engine, spec, (slot) => plan.words(() => slot));
  } catch (error) {
    throw engineFailure(error, () => undefined);
  }
  throw new Error('nothing was thrown');
}

describe("the engine's codes", () => {
  it.each(Object.keys(ENGINE))('%s is provoked', async (code) => {
    const error = await caught(() => provokeEngine(code));
    expect(error).toBeInstanceOf(ReceptiveError);
    expect(error).toMatchObject({ got: code });
  });

  it('are all among them', () => {
    const source = readFileSync(new URL('../../crates/kernels/src/error.rs', import.meta.url), 'utf8');
    const codes = [...source.matchAll(/=> "(engine\/[a-z]+)"/g)].map(([, code]) => code).sort();
    expect(codes.length).toBeGreaterThan(4);
    expect(Object.keys(ENGINE).sort()).toEqual(codes);
  });
});

it('a model whose file is no model is refused by both ways of loading', async () => {
  const model = { kind: 'bytes', bytes: new Uint8Array(3), place: 'bytes' } as const;
  expect(await caught(() => openModel({ model }, { defaultWasm: () => wasm }))).toMatchObject({ code: 'format' });
});
