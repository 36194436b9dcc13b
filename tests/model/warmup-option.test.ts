/** The option `warmup` of `load`: the model has run once before it is there. */
import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { ArgumentError } from '../../ts/base/errors.js';
import { graph, input, relu } from '../../ts/ops/layers.js';
import { loadInline } from '../../ts/model/inline-model.js';
import { onnxReaderLater } from '../../ts/model/read-onnx-later.js';
import { OnnxEngine } from '../../ts/onnx/run/session.js';
import { Session } from '../../ts/session/session.js';
import { modelBytes } from '../onnx/build.js';

const wasm = new WebAssembly.Module(new Uint8Array(readFileSync(new URL('../../crates/pkg/simd/receptive_bg.wasm', import.meta.url))));
const entry = { defaultWasm: () => wasm, readers: [onnxReaderLater] };
const x = input([null, 2, null, 4]);
const NET = graph({ x }, { y: relu()(x) });
const ONNX = modelBytes({ inputs: { x: [1, 2] }, outputs: ['y'], nodes: [{ op: 'Relu', name: 'r', inputs: ['x'], outputs: ['y'] }] });

/** The shapes of the runs that a load makes. */
async function runsOf(work: () => Promise<{ dispose: () => void }>): Promise<unknown[]> {
  const runs = vi.spyOn(Session.prototype, 'run');
  try {
    (await work()).dispose();
    return runs.mock.calls.map(([inputs]) => Object.values(inputs as Record<string, { shape: readonly number[] }>).map(({ shape }) => shape));
  } finally {
    runs.mockRestore();
  }
}

test('runs once, on the shapes that are given', async () => {
  const shapes = { inputShapes: { x: [3, 2, 5, 4] } };
  expect(await runsOf(() => loadInline(NET, { ...shapes, warmup: true }, entry))).toEqual([[[3, 2, 5, 4]]]);
  expect(await runsOf(() => loadInline(NET, { ...shapes, warmup: false }, entry))).toEqual([]);
});

test('runs an ONNX model on the shapes that it says', async () => {
  const run = vi.spyOn(OnnxEngine.prototype, 'run');
  (await loadInline(ONNX, { warmup: true }, entry)).dispose();
  expect(run).toHaveBeenCalledOnce();
  run.mockClear();
  (await loadInline(ONNX, {}, entry)).dispose();
  expect(run).not.toHaveBeenCalled();
  run.mockRestore();
});

test('rejects where shapes are needed and missing', async () => {
  const error = await loadInline(NET, { warmup: true }, entry).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ArgumentError);
  expect(error).toMatchObject({ place: 'inputShapes' });
  (await loadInline(NET, {}, entry)).dispose();
});

test('is true or false', async () => {
  const options = { warmup: 'yes' } as unknown as { warmup: boolean };
  await expect(loadInline(NET, options, entry)).rejects.toMatchObject({ code: 'argument', message: 'load: warmup: expected true or false, got "yes"' });
});
