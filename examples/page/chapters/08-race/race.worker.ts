/** Runs the versions in turn and times them, on a thread of its own. */
import { expose } from 'comlink';
import { conv2d, graph, input, load } from 'receptive/inline';
import type { Algorithm, Tensor } from 'receptive/inline';
import { LESSONS, openLessons } from 'receptive/lessons';
import type { LessonShape } from 'receptive/lessons';
import { LESSON_WAYS } from './ways.js';
import type { Layer, Row, Standing, Way } from './ways.js';

interface Runner {
  readonly way: Way;
  readonly macs: number;
  readonly y: Float32Array;
  /** Milliseconds of one run. */
  readonly once: () => number;
  readonly end: () => void;
  readonly times: number[];
}

const SIDE = 3;
const ROOF_SIDE = 256;

/** A sample lasts so many milliseconds: clocks of browsers are coarse. */
const SAMPLE_MS = 4;
const MOST_RUNS = 60;

/** Numbers from -1 to 1, the same each time. */
function noise(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

interface Operands {
  readonly channels: number;
  readonly side: number;
  readonly kernel: number;
  readonly x: Float32Array;
  readonly weights: Float32Array;
}

function operands(channels: number, side: number, kernel: number): Operands {
  const column = channels * kernel * kernel;
  return { channels, side, kernel, x: noise(channels * side * side, 3), weights: noise(channels * column, 5).map((value) => value / Math.sqrt(column)) };
}

async function product(way: Way, { channels, side, kernel, x, weights }: Operands, algorithm: Algorithm): Promise<Runner> {
  const at = input([1, channels, side, side]);
  const net = graph({ x: at }, { y: conv2d(channels, channels, kernel, { padding: (kernel - 1) / 2, bias: false, name: 'conv' })(at) });
  const of = (data: Float32Array, shape: readonly number[]): Tensor => ({ dtype: 'float32', shape, data }) as unknown as Tensor;
  const model = await load(net, { weights: { 'conv.weight': of(weights, [channels, channels, kernel, kernel]) }, algorithm });
  const inputs = { x: of(x, [1, channels, side, side]) };
  const once = (): number => model.profile(inputs, { iterations: 1 }).steps.filter(({ layer }) => layer === 'conv').reduce((sum, { ms }) => sum + ms, 0);
  return { way, macs: model.summary().macs, y: model.run(inputs)['y']!.data, once, end: () => model.dispose(), times: [] };
}

const lessons = openLessons();
lessons.catch(() => undefined);

async function runnerOf(way: Way, given: Operands, macs: number): Promise<Runner> {
  if (way.kind === 'product') return product(way, given, way.name);
  if (way.kind === 'roof') return product(way, operands(ROOF_SIDE, Math.sqrt(ROOF_SIDE), 1), 'packed');
  const { name } = LESSONS[LESSON_WAYS.indexOf(way.name)]!;
  const shape: LessonShape = { channels: given.channels, height: given.side, width: given.side, outChannels: given.channels, kernel: given.kernel, padding: 1 };
  const opened = await lessons;
  const data = { x: given.x, weights: given.weights };
  return { way, macs, y: opened.run(name, shape, data).y, once: () => opened.run(name, shape, data).ms, end: () => undefined, times: [] };
}

/** Mean milliseconds of runs in a row that take long enough for the clock. */
function sample({ once }: Runner): number {
  let [sum, runs] = [0, 0];
  while (runs < MOST_RUNS && (runs === 0 || sum < SAMPLE_MS)) {
    sum += once();
    runs++;
  }
  return sum / runs;
}

function median(times: readonly number[]): number | undefined {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** What stands for all: a roof is what the machine can do at its best. */
const timeOf = ({ way, times }: Runner): number | undefined => (way.kind === 'roof' && times.length > 0 ? Math.min(...times) : median(times));

/** NaN if there is one in either. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => (Math.abs(value - b[i]!) <= most ? most : Math.abs(value - b[i]!)), a.length === b.length ? 0 : Number.NaN);
}

function rowsOf(runners: readonly Runner[]): readonly Row[] {
  const first = runners[0];
  const naive = first && timeOf(first);
  return runners.map((runner) => {
    const { way, macs, y } = runner;
    const ms = timeOf(runner);
    const known = ms !== undefined && ms > 0;
    const same = way.kind !== 'roof';
    return {
      way, ms, gflops: known ? (2 * macs) / ms / 1e6 : undefined, faster: known && same && naive !== undefined ? naive / ms : undefined,
      difference: same && first ? largestDifference(y, first.y) : undefined,
    };
  });
}

export type Report = (standing: Standing) => boolean | Promise<boolean>;

export type Finished = { readonly error?: undefined } | { readonly error: { readonly code: string; readonly message: string } };

/** Reports after every run; stops once a report is answered by false. The first round warms up, and does not count. */
async function race({ side, channels }: Layer, ways: readonly Way[], rounds: number, report: Report): Promise<Finished> {
  const runners: Runner[] = [];
  try {
    const given = operands(channels, side, SIDE);
    const { macs, y, end } = await product({ kind: 'product', name: 'auto' }, given, 'auto');
    end();
    const bytes = y.length * SIDE * SIDE * Float32Array.BYTES_PER_ELEMENT;
    for (const way of ways) runners.push(await runnerOf(way, given, macs));
    for (let round = 0; round <= rounds; round++) {
      for (const runner of runners) {
        const ms = sample(runner);
        if (round > 0) runner.times.push(ms);
        if (!(await report({ rows: rowsOf(runners), layer: { side, channels }, round, rounds, macs, bytes }))) return {};
      }
    }
    return {};
  } catch (error) {
    // Classes do not pass: what a learner is told follows from the code.
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { error: { code: typeof code === 'string' ? code : 'engine', message: String(message) } };
  } finally {
    for (const { end } of runners) end();
  }
}

export interface Race {
  race: typeof race;
}

expose({ race } satisfies Race);
