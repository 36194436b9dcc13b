import { WasmError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { showValue } from '../base/show.js';

/** How the kernels were compiled; each later one needs an instruction set more. */
export type Variant = 'scalar' | 'simd' | 'relaxed';

/** The variants that also exist compiled for shared memory, by the names of their files. */
export type ThreadedVariant = 'simd-threads' | 'relaxed-threads';

/** The relaxed variant with tiles for engines that pair neighbouring vectors, for one thread and for several: the same instructions and bits. */
export type WideVariant = 'wide' | 'wide-threads';

/** What a module is called, and its file. */
export type WasmName = Variant | ThreadedVariant | WideVariant;

/** The file of a variant for several threads; the scalar one has none. */
export function threadedOf(variant: Variant): ThreadedVariant | undefined {
  return variant === 'scalar' ? undefined : `${variant}-threads`;
}

export const VARIANTS: readonly Variant[] = ['scalar', 'simd', 'relaxed'];

/**
 * The smallest modules that use an instruction of the set: an engine that accepts one has the set.
 * simd: i8x16.splat. relaxed: both instructions that the kernels use, f32x4.relaxed_madd and i32x4.relaxed_laneselect, of
 * splats. An engine may have a part of the set: WebKit, with its flag, has both of these, but no relaxed_min.
 */
export const PROBES: Record<Variant, readonly number[]> = {
  scalar: [0, 97, 115, 109, 1, 0, 0, 0],
  simd: [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11],
  relaxed: [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 30, 1, 28, 0, 65, 0, 253, 15, 65, 0, 253, 15, 65, 0,
    253, 15, 253, 133, 2, 65, 0, 253, 15, 65, 0, 253, 15, 253, 139, 2, 11,
  ],
};

type Validate = (bytes: Uint8Array<ArrayBuffer>) => boolean;

/** Whether this JavaScript engine can run a variant. */
export function supports(variant: Variant, validate: Validate = validateHere): boolean {
  return validate(Uint8Array.from(PROBES[variant]));
}

function validateHere(bytes: Uint8Array<ArrayBuffer>): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(bytes);
}

/**
 * The variant to load: the fastest that runs here, or the one asked for.
 * @throws WasmError if the one asked for, or WebAssembly altogether, does not run here; ArgumentError for an unknown name
 */
export function chooseVariant(wanted: Variant | 'auto' = 'auto', validate: Validate = validateHere): Variant {
  if (wanted !== 'auto' && !VARIANTS.includes(wanted)) {
    const expected = ['auto', ...VARIANTS].join(', ');
    const got = showValue(wanted);
    wrong('variant', `one of ${expected}`, got);
  }
  const candidates = wanted === 'auto' ? [...VARIANTS].reverse() : [wanted];
  const found = candidates.find((variant) => supports(variant, validate));
  if (found) return found;
  if (wanted === 'auto') wrong('variant', 'a JavaScript engine with WebAssembly', 'one without', { as: WasmError });
  const hint = "use variant: 'auto', or a newer engine";
  wrong('variant', `an engine with ${wanted} WebAssembly`, 'one without', { as: WasmError, hint });
}
