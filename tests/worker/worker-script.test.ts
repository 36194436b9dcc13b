/** Where the ONNX reader is and where it is not: in one of the two workers, and in a file beside the inline entry. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { SentModel } from '../../ts/model/request.js';
import type * as Library from '../../ts/entries/index.js';
import type * as Inline from '../../ts/entries/inline.js';
import { scriptFor } from '../../ts/worker/script.js';

const built = new URL('../../dist/node/index.js', import.meta.url).href;

const at = (location: string): SentModel => ({ kind: 'location', location });
const bytes = (...values: readonly number[]): SentModel => ({ kind: 'bytes', bytes: Uint8Array.from(values), place: 'bytes' });

test('a source that cannot be ONNX gets the smaller worker', () => {
  const graph = { inputs: [], outputs: [], nodes: [], shapes: {}, modules: {} };
  const sources: readonly [SentModel, string][] = [
    [{ kind: 'graph', graph }, 'worker'],
    [at('model.safetensors'), 'worker'],
    [at('https://example.org/a/MODEL.SafeTensors?v=1#x'), 'worker'],
    [at('model.onnx'), 'worker-onnx'],
    [at('model.safetensors.onnx'), 'worker-onnx'],
    [at('https://example.org/?file=safetensors'), 'worker-onnx'],
    [bytes(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d), 'worker'],
    [bytes(8, 8, 0x42, 4, 10, 0, 16, 13, 0x3a), 'worker-onnx'],
    [bytes(), 'worker-onnx'],
    [{ kind: 'blob', blob: new Blob([]) }, 'worker-onnx'],
  ];
  expect(sources.map(([source]) => scriptFor(source))).toEqual(sources.map(([, script]) => script));
});

test('an ONNX model in a file called .safetensors is refused with the remedy', async () => {
  const { load } = (await import(built)) as typeof Library;
  const folder = mkdtempSync(join(tmpdir(), 'receptive-script-'));
  const file = join(folder, 'model.safetensors');
  writeFileSync(file, Uint8Array.of(8, 8, 0x42, 4, 10, 0, 16, 13, 0x3a, 0));
  try {
    const hint = 'its name must not end in .safetensors';
    await expect(load(file)).rejects.toMatchObject({ code: 'format', got: 'an ONNX model', hint, place: file });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('without the file beside it, the inline entry runs graphs and says what is missing for ONNX, detection and segmentation', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'receptive-inline-'));
  const dist = fileURLToPath(new URL('../../dist', import.meta.url));
  cpSync(join(dist, 'node', 'inline.js'), join(folder, 'node', 'inline.mjs'));
  cpSync(join(dist, 'wasm'), join(folder, 'wasm'), { recursive: true });
  try {
    const { load, relu, sequential, tensor } = (await import(pathToFileURL(join(folder, 'node', 'inline.mjs')).href)) as typeof Inline;
    const model = await load(sequential([relu()], { input: [1, 1, 2, 2] }));
    expect(model.run(tensor([-1, 2, -3, 4], [1, 1, 2, 2]))['output']?.data).toEqual(Float32Array.of(0, 2, 0, 4));
    const onnx = load(Uint8Array.of(8, 8, 0x42, 4, 10, 0, 16, 13));
    await expect(onnx).rejects.toMatchObject({ code: 'engine', hint: expect.stringContaining('inline-onnx.js') });
    const hint: unknown = expect.stringContaining('inline-where.js');
    const pixels = { width: 2, height: 2, channels: 3 as const, data: new Uint8Array(12) };
    await expect(model.detect(pixels)).rejects.toMatchObject({ code: 'engine', hint });
    await expect(model.segment(pixels)).rejects.toMatchObject({ code: 'engine', hint });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the inline entry reads the file beside it for the first ONNX model, and not for safetensors', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'receptive-later-'));
  const dist = fileURLToPath(new URL('../../dist', import.meta.url));
  cpSync(join(dist, 'node', 'inline.js'), join(folder, 'node', 'inline.js'));
  cpSync(join(dist, 'wasm'), join(folder, 'wasm'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'node', 'inline-onnx.js'), "globalThis.onnxWasRead = true;\nthrow new Error('read');\n");
  const wasRead = (): unknown => Reflect.get(globalThis, 'onnxWasRead');
  try {
    const { load } = (await import(pathToFileURL(join(folder, 'node', 'inline.js')).href)) as typeof Inline;
    const model = await load(fileURLToPath(new URL('../../examples/assets/squeezenet1_1.safetensors', import.meta.url)));
    expect([model.name, wasRead()]).toEqual(['squeezenet1_1', undefined]);
    model.dispose();
    await expect(load(Uint8Array.of(8, 8, 0x42, 4, 10, 0, 16, 13))).rejects.toMatchObject({ code: 'engine' });
    expect(wasRead()).toBe(true);
  } finally {
    Reflect.deleteProperty(globalThis, 'onnxWasRead');
    rmSync(folder, { recursive: true });
  }
});
