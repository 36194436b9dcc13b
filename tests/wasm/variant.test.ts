/** A variant is chosen only where every instruction of its module is there: WebKit's relaxed SIMD, behind a flag, is partial. */
import { readFileSync } from 'node:fs';
import binaryen from 'binaryen';
import { expect, it } from 'vitest';
import { chooseVariant, PROBES } from '../../ts/wasm/variant.js';
import type { Variant } from '../../ts/wasm/variant.js';

/** The relaxed instructions of a module, each once. */
function relaxedIn(bytes: Uint8Array): string[] {
  const module = binaryen.readBinary(bytes);
  const names = module.emitText().match(/\w+\.(relaxed|dot_i8x16_i7x16)\w*/g) ?? [];
  module.dispose();
  return [...new Set(names)].sort();
}

const variantFile = (name: string): Uint8Array => readFileSync(new URL(`../../crates/pkg/${name}/receptive_bg.wasm`, import.meta.url));

it('the probe has every relaxed instruction that the relaxed module has', () => {
  const probed = relaxedIn(Uint8Array.from(PROBES.relaxed));
  expect(probed).toEqual(['f32x4.relaxed_madd', 'i32x4.relaxed_laneselect']);
  expect(relaxedIn(variantFile('relaxed'))).toEqual(probed);
});

/** An engine without one instruction, of prefix 0xfd. */
const without = (...opcode: readonly number[]) => (bytes: Uint8Array): boolean =>
  !Buffer.from(bytes).includes(Buffer.from([0xfd, ...opcode]));

it.each<[string, readonly number[], Variant]>([
  ['relaxed_laneselect', [0x8b, 0x02], 'simd'],
  ['relaxed_madd', [0x85, 0x02], 'simd'],
  ['splat', [0x0f], 'scalar'],
  ['something that is not used', [0x8c, 0x02], 'relaxed'],
])('an engine without %s', (_, opcode, best) => {
  const validate = without(...opcode);
  expect(chooseVariant('auto', validate)).toBe(best);
  if (best === 'simd') expect(() => chooseVariant('relaxed', validate)).toThrow(/expected an engine with relaxed WebAssembly/);
});
