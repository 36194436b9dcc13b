/** Skips that are taken out, in the address: numbers of blocks. */
import type { Codec } from '../../app/codecs.js';

/** Of at most so many blocks. */
export const cutCodec = (most: number): Codec<readonly number[]> => ({
  write: (blocks) => blocks.join(','),
  read: (text) => {
    if (text === '') return [];
    const blocks = [...new Set(text.split(',').map(Number))].sort((a, b) => a - b);
    return blocks.every((block) => Number.isInteger(block) && block >= 1 && block <= most) ? blocks : undefined;
  },
});
