/** How long a client waits (RFC 7240): whole seconds and parts of them; what is not understood is passed over, and never taken as 0. */
import { expect, it } from 'vitest';
import { waitOf } from '../../ts/serve/context.js';
import { post, serving, SUMS, SUMS_BODY } from './support.js';

it.each([
  ['wait=2', 2], ['wait=0.5', 0.5], ['Wait = 10', 10], ['wait="3"', 3], ['return=minimal, wait=4', 4], ['respond-async; x=y, wait=5; z', 5], ['wait=1, wait=9', 1], ['wait=0', 0],
  [undefined, undefined], ['', undefined], ['wait', undefined], ['wait=', undefined], ['wait=x', undefined], ['wait=-1', undefined], ['wait=.5', undefined], ['wait=1e3', undefined], ['wait=2s', undefined],
  ['wait=99999999', undefined], ['await=3', undefined], ['x=1; wait=3', undefined], ['wait="3', undefined],
] as const)('%j is %j', (prefer, seconds) => {
  expect(waitOf(prefer)).toBe(seconds);
});

it('a request with half a second is answered, and one with no time that is understood', async () => {
  const service = await serving({ models: [{ name: 'sums', model: SUMS }], size: 1 });
  const asked = async (prefer: string): Promise<number> => (await post(service, '/v2/models/sums/infer', SUMS_BODY, { prefer })).status;
  expect([await asked('wait=0.5'), await asked('wait=x')]).toEqual([200, 200]);
});
