import { describe, expect, it } from 'vitest';
import { ArgumentError, FormatError, WeightsError } from '../../ts/base/errors.js';
import { readSafetensors } from '../../ts/formats/safetensors.js';
import { writeSafetensors } from '../../ts/formats/safetensors-write.js';
import { store } from '../../ts/formats/stored.js';
import type { StoredTensor } from '../../ts/formats/stored.js';
import { tensor } from '../../ts/tensor/tensor.js';

/** A file from a header given as text, or as what JSON makes of it. */
function file(header: unknown, dataBytes = 0, declared?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, declared ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

const entry = (begin: number, end: number, rest: object = {}): object => ({
  dtype: 'F32',
  shape: [(end - begin) / 4],
  data_offsets: [begin, end],
  ...rest,
});

const HOSTILE: readonly [what: string, bytes: Uint8Array, message: RegExp][] = [
  ['no byte', new Uint8Array(0), /8 bytes at least, got 0 bytes/],
  ['7 bytes', new Uint8Array(7), /8 bytes at least, got 7 bytes/],
  ['an HTML page', new TextEncoder().encode('<!doctype html><p>Not found'), /HTML page/],
  ['a header longer than the file', file({}, 0, 1000n), /a header of at most 2 bytes, got a longer one: .*cut off at 10 bytes/],
  ['a header of 2^63 bytes', file({}, 0, 2n ** 63n), /a longer one: .*cut off/],
  ['a header of 2^64 - 1 bytes', file({}, 0, 2n ** 64n - 1n), /a longer one: .*cut off/],
  ['a header that is no JSON', file('{"a":'), /header of UTF-8 JSON/],
  ['a header that is no UTF-8', new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0, 0xff]), /header of UTF-8 JSON/],
  ['a header nested too deeply', file('['.repeat(200_000)), /header of UTF-8 JSON/],
  ['an array as header', file([]), /JSON object/],
  ['null as header', file('null'), /JSON object/],
  ['metadata that are no strings', file({ __metadata__: { a: 1 } }), /__metadata__\.a: expected a string/],
  ['an entry that is a number', file({ w: 1 }), /w: expected an object with dtype/],
  ['a dtype that is text', file({ w: entry(0, 4, { dtype: 'no such type' }) }, 4), /w: expected a dtype of .*got string/],
  ['an unknown dtype', file({ w: entry(0, 4, { dtype: 'F4' }) }, 4), /w: expected a dtype of .*got "F4"/],
  ['a dtype from the prototype', file({ w: entry(0, 4, { dtype: 'toString' }) }, 4), /w: expected a dtype/],
  ['no dtype', file({ w: { shape: [1], data_offsets: [0, 4] } }, 4), /w: expected a dtype of .*got none/],
  ['a negative dimension', file({ w: entry(0, 4, { shape: [-1] }) }, 4), /w: shape: expected an array of non-negative/],
  ['a dimension that is no integer', file({ w: entry(0, 4, { shape: [0.5, 2] }) }, 4), /w: shape/],
  ['no shape', file({ w: { dtype: 'F32', data_offsets: [0, 4] } }, 4), /w: shape/],
  ['a shape that does not fit', file({ w: entry(0, 8, { shape: [3] }) }, 8), /w: expected 12 bytes for F32 \[3\], got data_offsets of 8/],
  ['a shape whose product overflows', file({ w: entry(0, 4, { shape: [2 ** 52, 2 ** 52, 2 ** 52] }) }, 4), /w: expected .* bytes/],
  ['three offsets', file({ w: entry(0, 4, { data_offsets: [0, 4, 8] }) }, 8), /w: data_offsets/],
  ['offsets backwards', file({ w: entry(0, 4, { data_offsets: [4, 0] }) }, 4), /begin <= end/],
  ['offsets that are text', file({ w: entry(0, 4, { data_offsets: ['0', '4'] }) }, 4), /w: data_offsets/],
  ['offsets past the end', file({ w: entry(0, 8) }, 4), /w: expected data_offsets within the 4 bytes/],
  ['overlapping tensors', file({ a: entry(0, 8), b: entry(4, 12) }, 12), /b: .*overlaps a/],
  ['the same bytes twice', file({ a: entry(0, 4), b: entry(0, 4) }, 4), /b: .*overlaps a/],
  ['a hole', file({ a: entry(0, 4), b: entry(8, 12) }, 12), /b: .*hole after a/],
  ['a hole at the start', file({ a: entry(4, 8) }, 8), /a: .*hole after the header/],
  ['bytes after the last tensor', file({ a: entry(0, 4) }, 8), /expected 4 bytes of data, got 8/],
];

describe('readSafetensors', () => {
  it.each(HOSTILE)('refuses %s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes, 'net')).toThrow(FormatError);
    expect(() => readSafetensors(bytes, 'net')).toThrow(message);
    expect(() => readSafetensors(bytes, 'net')).toThrow(/^net/);
  });

  it('keeps messages short, however long a name is', () => {
    const bytes = file({ ['x'.repeat(100_000)]: 1 });
    expect(() => readSafetensors(bytes)).toThrow(/^.{1,400}$/);
  });

  it('gives views, not copies, and honours byteOffset', () => {
    const bytes = writeSafetensors([store('w', tensor([1, 2, 3], [3]))]);
    const larger = new Uint8Array(bytes.length + 13);
    larger.set(bytes, 13);
    const { bytes: view } = readSafetensors(larger.subarray(13)).get('w');
    expect(view.buffer).toBe(larger.buffer);
    expect(view.byteOffset + view.byteLength).toBe(larger.length);
  });

  it('names what is not there', () => {
    expect(() => readSafetensors(file({}), 'net').get('conv1.weight')).toThrow(WeightsError);
  });

  it('takes tensors named like properties of objects', () => {
    const opened = readSafetensors(file('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"constructor":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}', 2));
    expect([...opened.names()]).toEqual(['__proto__', 'constructor']);
  });
});

describe('writeSafetensors', () => {
  const tensors: StoredTensor[] = [
    { name: 'b', dtype: 'U8', shape: [3], bytes: Uint8Array.of(1, 2, 3) },
    store('z', tensor([1, 2], [2, 1])),
    store('a', tensor([], [0, 4])),
    { name: 'h', dtype: 'F16', shape: [1], bytes: Uint8Array.of(0, 60) },
  ];

  it('is read back as it was, metadata included', () => {
    const opened = readSafetensors(writeSafetensors(tensors, { format: 'pt', about: 'ä "quoted"' }));
    expect(Object.fromEntries(opened.metadata)).toEqual({ format: 'pt', about: 'ä "quoted"' });
    for (const { name, dtype, shape, bytes } of tensors) {
      const got = opened.get(name);
      expect([got.name, got.dtype, got.shape, [...got.bytes]]).toEqual([name, dtype, shape, [...bytes]]);
    }
  });

  it('gives the same bytes in whatever order, every tensor aligned', () => {
    const bytes = writeSafetensors(tensors, { b: '1', a: '2' });
    expect(writeSafetensors([...tensors].reverse(), { a: '2', b: '1' })).toEqual(bytes);
    const sizes = { F32: 4, F16: 2, U8: 1 } as const;
    for (const { dtype, bytes: view } of readSafetensors(bytes).tensors.values()) {
      expect(view.byteOffset % sizes[dtype as keyof typeof sizes]).toBe(0);
    }
  });

  it.each([
    ['a name given twice', [store('w', tensor([1], [1])), { name: 'w', dtype: 'U8', shape: [1], bytes: new Uint8Array(1) }]],
    ['the reserved name', [store('__metadata__', tensor([1], [1]))]],
    ['bytes that do not match', [{ name: 'w', dtype: 'F32', shape: [2], bytes: new Uint8Array(4) }]],
  ] as [string, StoredTensor[]][])('refuses %s', (_, given) => {
    expect(() => writeSafetensors(given)).toThrow(ArgumentError);
  });
});
