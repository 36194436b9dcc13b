/** Boxes and vectors cross the worker as they are, in the built package; a stranger's string is not followed. */
import { createPool, globalAvgPool2d, graph, input, linear, load, flatten, sequential } from 'receptive';
import * as inline from 'receptive/inline';
import { expect, it } from 'vitest';

const x = input([1, 3, 8, 8]);
const net = graph({ x }, { y: sequential({ pool: globalAvgPool2d(), flat: flatten(), fc: linear(3, 2) })(x) });
const weights = { 'fc.weight': { dtype: 'float32', shape: [2, 3], data: new Float32Array(6) }, 'fc.bias': { dtype: 'float32', shape: [2], data: new Float32Array(2) } } as const;
const RED = { data: Uint8Array.from({ length: 192 }, (_, i) => (i % 3 === 0 ? 255 : 0)), width: 8, height: 8, channels: 3 } as const;
const preprocess = 'unit';

it('a model in a worker, one here and a pool give the same vector', async () => {
  await using model = await load(net, { weights });
  using here = await inline.load(net, { weights });
  await using pool = await createPool({ model: net, size: 1, options: { weights } });
  for (const each of [model, here, pool]) {
    const vector = await each.embed(RED, { preprocess });
    expect(vector).toBeInstanceOf(Float32Array);
    expect([...vector]).toEqual([1, 0, 0]);
    expect([...(await each.embedBytes(RED, { preprocess, normalize: true }))]).toEqual([1, 0, 0]);
    await expect(each.embedBytes('photo.jpg' as never)).rejects.toMatchObject({ code: 'argument', got: 'a path or URL, which is not followed here' });
    await expect(each.embed(RED, { normalise: true } as never)).rejects.toThrow(/embed: expected an option it has, got normalise; did you mean normalize\?/);
  }
});

it('a model in a worker that is no detector says so', async () => {
  const z = input([1, 3, 8, 8]);
  // Means of the channels, [1, 3], are no outputs of a detector: what is refused is said as it is here.
  await using model = await load(graph({ z }, { y: sequential({ pool: globalAvgPool2d(), flat: flatten() })(z) }), { task: { kind: 'detect', labels: ['a'] } });
  expect([model.task, model.labels]).toEqual(['detection', ['a']]);
  await expect(model.detect(RED, { tiles: { size: 4 }, method: 'soft' })).rejects.toMatchObject({ code: 'unsupported', message: expect.stringMatching(/got y \[1, 3\]: no known form of detectors fits the outputs/) as string });
  await expect(model.detect(RED, { tiles: { size: 0 } })).rejects.toMatchObject({ code: 'argument', place: 'tiles.size' });
});
