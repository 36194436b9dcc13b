/** What the machine can do at most in WebAssembly, one thread: arithmetic on 128-bit vectors and reading memory. */

/** Bytes that the bandwidth is measured over: more than any cache holds. */
export const SWEEP_BYTES = 256 << 20;

const ROUNDS = 200_000;

/**
 * @param modules - bytes of the modules of `roofline-wasm.mjs`
 * @returns GFLOP/s by variant, undefined where the engine cannot run it, and GB/s
 */
export async function measureRoofline({ simd, relaxed, read }) {
  return { peak: { simd: await peakOf(simd), relaxed: await peakOf(relaxed) }, gbps: await bandwidthOf(read) };
}

/** The roofs for the variant that runs; threads multiply the arithmetic only. */
export function roofsFor({ peak, gbps }, variant, threads) {
  const gflops = peak[variant] ?? peak.simd;
  return { gflops: gflops * threads, gbps };
}

/** The best over numbers of chains: too few wait for each other, too many do not fit the registers. */
async function peakOf(bytes) {
  if (!WebAssembly.validate(bytes)) return undefined;
  const { instance } = await WebAssembly.instantiate(bytes);
  const rates = Object.entries(instance.exports).map(([name, run]) => {
    const flops = Number(name.split('_')[1]) * ROUNDS;
    return best(5, () => run(ROUNDS)) * flops;
  });
  return Math.max(...rates) / 1e9;
}

async function bandwidthOf(bytes) {
  const { instance } = await WebAssembly.instantiate(bytes);
  const { read, memory } = instance.exports;
  // Pages that were never written may all be one page of zeros.
  new Uint8Array(memory.buffer).fill(0x3d);
  return (best(5, () => read(SWEEP_BYTES)) * SWEEP_BYTES) / 1e9;
}

/** Runs a second in the best of several tries, after one that does not count. */
function best(tries, run) {
  run();
  let shortest = Infinity;
  for (let i = 0; i < tries; i += 1) {
    const start = performance.now();
    run();
    shortest = Math.min(shortest, performance.now() - start);
  }
  return 1000 / shortest;
}
