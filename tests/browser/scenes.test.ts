/** Scenes are the same in every engine: what was learned here is judged there. */
import { expect, it } from 'vitest';
import { PINNED, sceneHashes } from '../scenes/bits.js';

it('scenes have the bits that Node gives them', () => {
  expect(sceneHashes()).toEqual(PINNED);
});
