/** What a model is asked is written in one table: wherever a model computes it has a method for each line, and the same answer. */
import { afterAll, expect, expectTypeOf, test } from 'vitest';
import type * as Inline from '../../ts/entries/inline.js';
import type * as Library from '../../ts/entries/index.js';
import { MODEL_CALLS } from '../../ts/model/calls.js';
import { dist, library, weightsOf } from '../support/models.js';

const inline = (await import(dist('node/inline.js'))) as typeof Inline;
const { conv2d, graph, input, relu, sequential } = library;
const x = input([null, 4, 8, 8]);
const NET = graph({ x }, { y: sequential({ conv: conv2d(4, 4, 3, { padding: 1 }), relu: relu() })(x) });
const options = { weights: weightsOf(4), variant: 'simd', threads: 1 } as const;
const model = await library.load(NET, options);
const here = await inline.load(NET, options);
const pool = await library.createPool({ model: NET, size: 1, options: { weights: options.weights, variant: 'simd' } });
afterAll(async () => {
  here.dispose();
  await Promise.all([model.dispose(), pool.dispose()]);
});

test('every line of the table is a method of models', () => {
  for (const name of Object.keys(MODEL_CALLS)) {
    expect([name, typeof Reflect.get(model, name)]).toEqual([name, 'function']);
    expect([name, typeof Reflect.get(here, name)]).toEqual([name, 'function']);
  }
});

test('in a worker, in a pool and on the calling thread the answers are the same', async () => {
  const shapes = { x: [3, 4, 8, 8] };
  const asked = here.summary(shapes);
  expect(asked.layers.length).toBeGreaterThan(0);
  const { memory: _, ...said } = asked;
  expect(await model.summary(shapes)).toMatchObject(said);
  expect(await pool.summary(shapes)).toMatchObject(said);
  expect(await model.flops(shapes)).toEqual(here.flops(shapes));
  expect(await pool.flops(shapes)).toEqual(here.flops(shapes));
  expect((await model.memory()).weights).toBe(here.memory().weights);
});

test('shapes may be changed once the call has been made', async () => {
  const shape = [2, 4, 8, 8];
  const busy = model.run(library.tensor(new Float32Array(256), [1, 4, 8, 8]));
  const waiting = model.summary({ x: shape });
  shape[0] = 5;
  await busy;
  expect((await waiting).inputs[0]?.shape).toEqual([2, 4, 8, 8]);
});

test('answers are promises from a worker and values on the calling thread', () => {
  expectTypeOf<ReturnType<Library.Model['summary']>>().toEqualTypeOf<Promise<Library.Summary>>();
  expectTypeOf<ReturnType<Library.Pool['summary']>>().toEqualTypeOf<Promise<Library.Summary>>();
  expectTypeOf<ReturnType<Inline.InlineModel['summary']>>().toEqualTypeOf<Inline.Summary>();
});
