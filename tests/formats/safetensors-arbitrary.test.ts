import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../../ts/base/errors.js';
import { readSafetensors } from '../../ts/formats/safetensors.js';
import { writeSafetensors } from '../../ts/formats/safetensors-write.js';
import { STORED_BYTES } from '../../ts/formats/stored.js';
import type { StoredDtype, StoredTensor } from '../../ts/formats/stored.js';

const dtype = fc.constantFrom(...(Object.keys(STORED_BYTES) as StoredDtype[]));
const shape = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 });
const name = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => text !== '__metadata__' && text.isWellFormed());

const stored: fc.Arbitrary<StoredTensor> = fc.tuple(name, dtype, shape, fc.integer()).map(([name, dtype, shape, seed]) => {
  const length = shape.reduce((product, dim) => product * dim, STORED_BYTES[dtype]);
  return { name, dtype, shape, bytes: Uint8Array.from({ length }, (_, i) => (seed + i * 31) & 255) };
});
const tensors = fc.uniqueArray(stored, { selector: ({ name }) => name, maxLength: 6 });

describe('safetensors', () => {
  it('read(write(x)) is x', () => {
    fc.assert(
      fc.property(tensors, fc.dictionary(name, fc.string()), (given, metadata) => {
        const opened = readSafetensors(writeSafetensors(given, metadata));
        expect(new Set(opened.names())).toEqual(new Set(given.map(({ name }) => name)));
        for (const { name, dtype, shape, bytes } of given) {
          const got = opened.get(name);
          expect([got.dtype, got.shape, [...got.bytes]]).toEqual([dtype, shape, [...bytes]]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a damaged or cut file is read as another one or refused with a FormatError, never anything else', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 });
    fc.assert(
      fc.property(tensors, damage, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (given, changes, keep, cut) => {
        const whole = writeSafetensors(given);
        const bytes = cut ? whole.slice(0, Math.floor(whole.length * keep)) : whole;
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
        try {
          const opened = readSafetensors(bytes);
          const covered = [...opened.tensors.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
          expect(covered).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
