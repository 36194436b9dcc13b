/** After `dispose` every call of every entry says that, whatever else is wrong with it. In the built package. */
import { describe, expect, it } from 'vitest';
import type * as Inline from '../../ts/entries/inline.js';
import type * as Embedded from '../../ts/entries/embedded.js';
import { dist, library, SMALL, small, weightsOf } from '../support/models.js';

const inline = (await import(dist('node/inline.js'))) as typeof Inline;
const embedded = (await import(dist('embedded.js'))) as typeof Embedded;
const weights = weightsOf(4);

const ENTRIES = {
  main: () => small(),
  pool: () => library.createPool({ model: SMALL, size: 1, options: { weights } }),
  inline: () => inline.load(SMALL, { weights }),
  embedded: () => embedded.load(SMALL, { weights }),
};

describe.each(Object.entries(ENTRIES))('%s', (_, open) => {
  it('says that it is disposed', async () => {
    const model = await open();
    await model.dispose();
    await model.dispose();
    const right = new Float32Array(256);
    const calls: (() => unknown)[] = [
      () => model.run(right),
      () => model.run(new Float32Array(1)),
      () => model.run({ nobody: right }),
      () => model.profile(new Float32Array(1)),
      () => model.summary({ x: [1] }),
      () => model.classify({ data: new Uint8Array(3), width: 1, height: 1, channels: 3 }),
      ...('memory' in model ? [() => model.memory()] : []),
      ...('warmup' in model ? [() => model.warmup({ x: [1] })] : []),
    ];
    for (const call of calls) {
      // Inline most of them throw at once.
      await expect((async () => call())()).rejects.toMatchObject({ code: 'disposed', message: expect.stringMatching(/has been disposed; call dispose\(\) after the last use, or make another/) });
    }
  });
});
