/** The modules that `roofline.mjs` runs, assembled from text. */
import binaryen from 'binaryen';
import { SWEEP_BYTES } from './roofline.mjs';

/** 16 vector registers hold so many chains beside two constants. */
const CHAINS = [8, 10, 12, 14];
/** Operations of each chain a round, so that the loop's own instructions do not count. */
const UNROLLED = 8;
const LANES = 4;
/** A page of WebAssembly memory. */
const PAGE_BYTES = 65536;

const numbers = (count) => Array.from({ length: count }, (_, i) => i);

/** acc = acc * x + y, as two instructions or one. */
const STEPS = {
  simd: (acc) => `(local.set ${acc} (f32x4.add (f32x4.mul (local.get ${acc}) (local.get $x)) (local.get $y)))`,
  relaxed: (acc) => `(local.set ${acc} (f32x4.relaxed_madd (local.get ${acc}) (local.get $x) (local.get $y)))`,
};

/** The name says how many operations one round does. */
function chains(count, step) {
  const accumulators = numbers(count).map((i) => `$a${i}`);
  const body = numbers(UNROLLED).flatMap(() => accumulators.map(step));
  const flops = 2 * LANES * count * UNROLLED;
  return `(func (export "peak_${flops}") (param $rounds i32) (result f32)
    (local $x v128) (local $y v128) ${accumulators.map((acc) => `(local ${acc} v128)`).join(' ')}
    (local.set $x (f32x4.splat (f32.const 0.5)))
    (local.set $y (f32x4.splat (f32.const 1.0)))
    (loop $again
      ${body.join('\n      ')}
      (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
    (f32x4.extract_lane 0 ${sum(accumulators)}))`;
}

const sum = (locals) => locals.map((local) => `(local.get ${local})`).reduce((a, b) => `(f32x4.add ${a} ${b})`);

/** Adds up the first bytes of the memory, a cache line or two a round, in as many sums. */
function reader() {
  const accumulators = numbers(8).map((i) => `$a${i}`);
  const load = (acc, i) => `(local.set ${acc} (f32x4.add (local.get ${acc}) (v128.load offset=${16 * i} (local.get $at))))`;
  return `(memory (export "memory") ${SWEEP_BYTES / PAGE_BYTES})
    (func (export "read") (param $bytes i32) (result f32)
    (local $at i32) ${accumulators.map((acc) => `(local ${acc} v128)`).join(' ')}
    (loop $again
      ${accumulators.map(load).join('\n      ')}
      (br_if $again (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 128))) (local.get $bytes))))
    (f32x4.extract_lane 0 ${sum(accumulators)}))`;
}

function assemble(text) {
  const module = binaryen.parseText(`(module ${text})`);
  module.setFeatures(binaryen.Features.All);
  const bytes = module.emitBinary();
  module.dispose();
  return bytes;
}

export function rooflineModules() {
  const peak = (step) => assemble(CHAINS.map((count) => chains(count, step)).join('\n'));
  return { simd: peak(STEPS.simd), relaxed: peak(STEPS.relaxed), read: assemble(reader()) };
}
