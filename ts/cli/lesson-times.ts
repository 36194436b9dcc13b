import { WasmError } from '../entries/index.js';
import type { Model, Tensor } from '../entries/index.js';
import { LESSONS, openLessons } from '../entries/lessons.js';
import type { Lessons, LessonShape } from '../entries/lessons.js';
import type { Output } from './output.js';
import { spread } from './timing.js';

/** One way to compute a convolution, timed. */
export interface Timed {
  readonly name: string;
  readonly ms: number;
  /** How many times faster than the one before. */
  readonly ratio: number | undefined;
  /** By the multiply-adds of the definition. */
  readonly gflops: number;
  /** Whether it does fewer than those, so that the figure is no speed of arithmetic. */
  readonly effective: boolean;
  /** From naive, of any element. */
  readonly difference: number;
}

/** What is convolved, without bias. */
export interface LessonWork {
  readonly shape: LessonShape;
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly macs: number;
}

/** The lessons, or nothing and a note where they were not built or cannot run. */
export async function lessonsOrNote(output: Output): Promise<Lessons | undefined> {
  try {
    return await openLessons();
  } catch (error) {
    if (!(error instanceof WasmError)) throw error;
    output.err(`note: the lessons are left out (npm run build builds them): ${error.message}`);
    return undefined;
  }
}

/** Milliseconds of one run. */
type Once = () => number | Promise<number>;

interface Way {
  readonly name: string;
  readonly effective: boolean;
  readonly y: Float32Array;
  readonly first: number;
  readonly once: Once;
}

/**
 * The lessons that can compute the shape, and last the product, whose model has the one layer `conv`.
 * @param runs - of each; default: about half a second of each, from 3 to 100
 */
export async function timeLessons(lessons: Lessons, work: LessonWork, model: Model, runs: number | undefined): Promise<Timed[]> {
  const ways = [...lessonWays(lessons, work), await productWay(model, work.x)];
  const medians = await inTurn(ways, runs);
  return ways.map(({ name, effective, y }, i) => {
    const ms = medians[i] ?? Number.NaN;
    const before = medians[i - 1];
    const ratio = before === undefined ? undefined : before / ms;
    return { name, ms, ratio, gflops: (2 * work.macs) / ms / 1e6, effective, difference: largestDifference(y, ways[0]?.y) };
  });
}

function lessonWays(lessons: Lessons, { shape, x, weight }: LessonWork): Way[] {
  const operands = { x: x.data, weights: weight.data };
  return LESSONS.filter(({ name }) => lessons.supports(name, shape)).map(({ name, multiplications }) => {
    const { y, ms } = lessons.run(name, shape, operands);
    return { name, effective: multiplications < 1, y, first: ms, once: () => lessons.run(name, shape, operands).ms };
  });
}

async function productWay(model: Model, x: Tensor): Promise<Way> {
  const { y } = await model.run({ x });
  const { ms, algorithm } = await profileOnce(model, x);
  const once: Once = async () => (await profileOnce(model, x)).ms;
  return { name: `receptive, auto: ${algorithm}`, effective: algorithm.startsWith('winograd'), y: y?.data ?? new Float32Array(), first: ms, once };
}

/** The convolution alone. */
async function profileOnce(model: Model, x: Tensor): Promise<{ ms: number; algorithm: string }> {
  const { steps } = await model.profile({ x }, { iterations: 1 });
  const convolution = steps.filter(({ layer }) => layer === 'conv');
  return { ms: convolution.reduce((sum, step) => sum + step.ms, 0), algorithm: convolution[0]?.algorithm ?? '' };
}

/** Engines compile WebAssembly again, better, once it has run for a while. */
const WARM_MS = 100;
const [MIN_WARM_RUNS, MAX_WARM_RUNS] = [2, 100];

/** Runs that do not count, until they have taken long enough for what follows to be all of one kind. */
export async function warmUp(once: Once): Promise<void> {
  let ms = 0;
  for (let runs = 0; runs < MIN_WARM_RUNS || (ms < WARM_MS && runs < MAX_WARM_RUNS); runs++) ms += await once();
}

/** Medians of runs in turn, each warmed up: a machine that slows down in between slows all of them. */
async function inTurn(ways: readonly Way[], runs: number | undefined): Promise<number[]> {
  for (const { once } of ways) await warmUp(once);
  const counts = ways.map(({ first }) => runs ?? runsFor(first));
  const times = ways.map((): number[] => []);
  for (let round = 0; round < Math.max(...counts); round++) {
    for (const [i, way] of ways.entries()) {
      if (round < (counts[i] ?? 0)) times[i]?.push(await way.once());
    }
  }
  return times.map((all) => spread(all).median);
}

/** Runs that take about half a second, but no fewer than 3 and no more than 100. */
export function runsFor(first: number): number {
  return Math.min(100, Math.max(3, Math.round(500 / first)));
}

/** NaN for arrays of two lengths, and if there is one in either. */
export function largestDifference(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (!a || !b || a.length !== b.length) return Number.NaN;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] ?? 0) - (b[i] ?? 0));
    if (!(difference <= largest)) largest = difference; // NaN stays
  }
  return largest;
}
