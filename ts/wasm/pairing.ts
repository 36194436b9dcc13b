/**
 * Whether the engine pairs neighbouring vectors of 128 bits to one of 256: the same sums are timed in a form that can be paired and in one
 * that cannot, and have to be the same bits.
 */

/** A tile of 4 x 16 sums, 16 vectors: more than the registers hold unless they are paired. */
const ROWS = 4;
const VECTORS = 4;
const SUMS = ROWS * VECTORS;
const BYTES = 16;
/** Multiply-adds of each sum. */
const K = 256;
/** Where the operands and both results lie. */
const A = 0;
const B = A + K * ROWS * 4;
const NEIGHBOURS = B + K * VECTORS * BYTES;
const APART = NEIGHBOURS + SUMS * BYTES;

/** Locals of the function; sums and a row of vectors come after its parameters. */
const [WHICH, LEFT, FROM_A, FROM_B] = [0, 1, 2, 3] as const;
const sumAt = (row: number, vector: number): number => 4 + row * VECTORS + vector;
const vectorAt = (vector: number): number => 4 + SUMS + vector;

const unsigned = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)]);
const signed = (value: number): number[] => (value < 64 ? [value] : [(value & 127) | 128, ...signed(value >>> 7)]);
const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
const section = (id: number, bytes: readonly number[]): number[] => [id, ...sized(bytes)];
const flat = (count: number, code: (i: number) => readonly number[]): number[] => Array.from({ length: count }, (_, i) => code(i)).flat();

const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const constant = (value: number): number[] => [0x41, ...signed(value)];
const step = (local: number, by: number): number[] => [...get(local), ...constant(by), 0x6a, ...set(local)];
/** `v128.load`, `v128.load32_splat` and `v128.store` with an offset, `f32x4.relaxed_madd`. */
const load = (offset: number): number[] => [0xfd, 0x00, 4, ...unsigned(offset)];
const splat = (offset: number): number[] => [0xfd, 0x09, 2, ...unsigned(offset)];
const store = (offset: number): number[] => [0xfd, 0x0b, 4, ...unsigned(offset)];
const MADD = [0xfd, 0x85, 0x02];

/** The sums, stored as neighbours or every second one, which leaves nothing to pair. */
function tile(at: number, stride: number): number[] {
  const row = (p: number): number[] => flat(VECTORS, (v) => [...get(FROM_A), ...splat(4 * p), ...get(vectorAt(v)), ...get(sumAt(p, v)), ...MADD, ...set(sumAt(p, v))]);
  const vectors = flat(VECTORS, (v) => [...get(FROM_B), ...load(BYTES * v), ...set(vectorAt(v))]);
  const next = [...step(FROM_A, 4 * ROWS), ...step(FROM_B, BYTES * VECTORS), ...get(LEFT), ...constant(1), 0x6b, 0x22, LEFT];
  const stores = flat(SUMS, (i) => [...constant(at), ...get(4 + i), ...store(stride * i)]);
  return [0x03, 0x40, ...vectors, ...flat(ROWS, row), ...next, 0x0d, 0, 0x0b, ...stores];
}

/** Both forms stand in one function, so that the optimising compiler takes both at once. `(which, K, a, b)`. */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const locals = [1, ...unsigned(SUMS + VECTORS), 0x7b];
  const body = [...locals, ...get(WHICH), 0x04, 0x40, ...tile(NEIGHBOURS, BYTES), 0x05, ...tile(APART, 2 * BYTES), 0x0b, 0x0b];
  const name = (text: string): number[] => sized([...text].map((letter) => letter.charCodeAt(0)));
  return Uint8Array.from([
    0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    ...section(1, [1, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...name('tile'), 0, 0, ...name('memory'), 2, 0]),
    ...section(10, [1, ...sized(body)]),
  ]);
}

/** Calls that are timed together, and how many times as fast the pairs have to be, so many times one after the other. */
const CALLS = 100;
const FASTER = 1.25;
const TIMES = 6;
/** Milliseconds, and comparisons, after which the optimising compiler has had its time: a machine that is busy has few of the latter. */
const PATIENCE = 250;
const COMPARISONS = 500;

interface Probe {
  readonly tile: (which: number, k: number, a: number, b: number) => void;
  readonly memory: WebAssembly.Memory;
}

/** Whether it does, found out in a few milliseconds, or in a quarter of a second where it does not. */
export function pairsVectors(): boolean {
  const bytes = moduleBytes();
  // Relaxed instructions may be switched off.
  if (!WebAssembly.validate(bytes)) return false;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { tile: run, memory } = exports as unknown as Probe;
  const operands = new Float32Array(memory.buffer, A, NEIGHBOURS / 4);
  operands.forEach((_, i) => (operands[i] = Math.sin(i + 1)));
  const took = (which: number): number => {
    const start = performance.now();
    for (let call = 0; call < CALLS; call++) run(which, K, A, B);
    return performance.now() - start;
  };
  const end = performance.now() + PATIENCE;
  for (let faster = 0, compared = 0; faster < TIMES; compared++) {
    if (compared > COMPARISONS && performance.now() > end) return false;
    faster = took(0) > FASTER * took(1) ? faster + 1 : 0;
  }
  return sameSums(memory);
}

function sameSums(memory: WebAssembly.Memory): boolean {
  const neighbours = new Int32Array(memory.buffer, NEIGHBOURS, SUMS * 4);
  const apart = new Int32Array(memory.buffer, APART, SUMS * 8);
  return neighbours.every((bits, i) => bits === apart[(i >> 2) * 8 + (i & 3)]);
}
