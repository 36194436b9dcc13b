/** Which of the two built workers a source gets, and what the smaller one says to ONNX. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SentModel } from '../../ts/engine/request.js';
import type * as Library from '../../ts/index.js';
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
