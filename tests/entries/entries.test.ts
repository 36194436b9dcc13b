/** The entries of the built package are bundles of their own, and know each other's errors. */
import { describe, expect, it } from 'vitest';
import type * as Library from '../../ts/entries/index.js';

const DIST = new URL('../../dist/', import.meta.url);

/** The classes of the errors that an entry exports, and an error that it throws; lessons export none. */
const ENTRIES = ['node/index.js', 'node/inline.js', 'embedded.js', 'web/all.js', 'web/inline.js', 'simd/inline.js'];

const entryOf = (name: string): Promise<typeof Library> => import(new URL(name, DIST).href) as Promise<typeof Library>;

async function thrown(call: () => unknown): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe.each(ENTRIES)('an error of %s', (name) => {
  it('is an instance of the classes of all entries', async () => {
    const { relu, sequential, tensor } = await entryOf(name);
    const shape = await thrown(() => tensor([1, 2], [3]));
    const argument = await thrown(() => sequential([relu()], { name: 5 } as never));
    for (const other of ENTRIES) {
      const { ReceptiveError, ShapeError, ArgumentError } = await entryOf(other);
      const found = [shape, argument].map((error) => [error instanceof ReceptiveError, error instanceof ShapeError, error instanceof ArgumentError]);
      expect([other, found]).toEqual([other, [[true, true, false], [true, false, true]]]);
    }
  });
});

it('an error of the lessons for the web is one as well, and a load inline rejects with one of the main entry', async () => {
  const { ArgumentError, FormatError } = await entryOf('node/index.js');
  const { LESSONS, openLessons } = (await import(new URL('web/lessons.js', DIST).href)) as { LESSONS: unknown[]; openLessons(options: object): Promise<unknown> };
  expect(LESSONS).toHaveLength(6);
  expect(await thrown(() => openLessons({ wsam: 1 }))).toBeInstanceOf(ArgumentError);
  const { load } = await entryOf('node/inline.js');
  expect(await thrown(() => load(new Uint8Array(3)))).toBeInstanceOf(FormatError);
});
