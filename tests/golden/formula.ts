/** Tensors computed from a name and an index, so that networks of any size need no weight file. See formula.test.ts. */
import type { StoredTensor, TensorSource } from '../../ts/formats/stored.js';

/** FNV-1a over the UTF-8 bytes of a name. */
export function seedOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** A hash of (seed, index), uniform over 32 bits. */
export function hash32(seed: number, index: number): number {
  let x = (seed + Math.imul(index, 0x9e3779b9)) | 0;
  x ^= x >>> 16;
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  x ^= x >>> 16;
  return x >>> 0;
}

/** `scale * u + offset` with u uniform in [-1, 1), in f64, rounded once. */
export function formula(name: string, length: number, offset: number, scale: number): Float32Array {
  const seed = seedOf(name);
  const out = new Float32Array(length);
  for (let i = 0; i < length; i += 1) out[i] = scale * (hash32(seed, i) / 2147483648 - 1) + offset;
  return out;
}

/** Which elements of a large tensor are compared. */
export function sampleIndices(name: string, length: number, count = 1024): number[] {
  const seed = seedOf(`sample:${name}`);
  return Array.from({ length: count }, (_, k) => hash32(seed, k) % length);
}

export type ParamRecord = readonly [name: string, shape: readonly number[], offset: number, scale: number];

/** The tensors of a parameter list, each made when it is read. */
export function formulaSource(params: readonly ParamRecord[]): TensorSource {
  const byName = new Map(params.map((param) => [param[0], param]));
  // A filter is read in chunks, one after the other; only the last tensor is kept, since all of them may be 500 MB.
  let last: { readonly name: string; readonly bytes: Uint8Array } | undefined;
  return {
    names: () => byName.keys(),
    get(wanted): StoredTensor {
      const [name, shape, offset, scale] = byName.get(wanted) ?? [wanted, [], 0, 0];
      return {
        name,
        shape,
        dtype: 'F32',
        get bytes() {
          if (last?.name !== name) {
            last = { name, bytes: new Uint8Array(formula(name, shape.reduce((a, b) => a * b, 1), offset, scale).buffer) };
          }
          return last.bytes;
        },
      };
    },
  };
}
