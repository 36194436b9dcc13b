import { Command, Option } from 'commander';
import { conv2d, decodeImage, graph, input, load, preprocess, tensor } from '../../entries/index.js';
import type { Algorithm, Graph, Model, Tensor } from '../../entries/index.js';
import { countFrom0, inputSize, mapSize, wholeNumber } from '../arguments.js';
import type { InputSize } from '../arguments.js';
import { noteShortfall, withCommon, withMaxPixels } from '../common.js';
import type { CommonOptions, PhotoOptions } from '../common.js';
import { largestDifference, lessonsOrNote, runsFor, timeLessons, warmUp } from '../lesson-times.js';
import type { LessonWork, Timed } from '../lesson-times.js';
import { noise } from '../models.js';
import { bytes, json, ms, table } from '../output.js';
import type { Output } from '../output.js';
import { wrong } from '../../base/wrong.js';

interface Options extends CommonOptions, PhotoOptions {
  readonly input?: InputSize;
  readonly channels?: number;
  readonly size?: readonly [height: number, width: number];
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pad?: number;
  readonly runs?: number;
  readonly photo?: string;
}

/** What is convolved: input [1, C, H, W], weights [OC, C, k, k]. */
interface Work extends LessonWork {
  readonly graph: Graph;
  readonly im2colBytes: number;
}

interface Result {
  readonly algorithm: Algorithm;
  readonly ms: number;
  /** By the multiply-adds of the definition. */
  readonly gflops: number;
  /** Whether the algorithm does fewer than those, so that the figure is no speed of arithmetic. */
  readonly effective: boolean;
  readonly speedup: number;
  readonly difference: number;
}

/** In the order of the lesson; Winograd's transforms are for 3x3 kernels that move by 1. */
function algorithmsFor({ kernel, stride }: Options): readonly Algorithm[] {
  const all = ['naive', 'im2col', 'blocked', 'packed'] as const;
  return kernel === 3 && stride === 1 ? [...all, 'winograd'] : all;
}

const DEFAULT_INPUT: InputSize = { height: 56, width: 56, channels: 64 };

export function compareCommand(output: Output): Command {
  const command = new Command('compare')
    .description('time the ways to compute one convolution: the lessons of crates/lessons in their order, then the algorithms of the product')
    .option('--channels <n>', 'input channels (default: 64, or the 3 of a photo)', wholeNumber)
    .option('--size <n|hxw>', 'size of the input (default: 56, or the photo as it is)', mapSize)
    .addOption(new Option('--input <hxwxc>', 'size and channels in one').argParser(inputSize).conflicts(['channels', 'size']))
    .option('--out <n>', 'output channels', wholeNumber, 64)
    .option('--kernel <n>', 'side of the square kernel', wholeNumber, 3)
    .option('--stride <n>', 'step of the kernel', wholeNumber, 1)
    .option('--pad <n>', 'zeros around the input (default: half the kernel, which keeps the size at stride 1)', countFrom0)
    .option('--runs <n>', 'timed runs of each, behind some that do not count (default: about half a second, from 3 to 100)', wholeNumber)
    .option('--photo <photo>', 'convolve this photo instead of noise');
  return withCommon(withMaxPixels(command)).action((options: Options) => run(options, output));
}

async function run(options: Options, output: Output): Promise<void> {
  const work = prepare(await inputOf(options), options);
  const lessons = await timedLessons(work, options, output);
  const { variant, results } = await timedAlgorithms(work, options);
  const { stride, padding } = work.shape;
  const report = { variant, input: work.x.shape, weight: work.weight.shape, stride, padding, macs: work.macs, im2colBytes: work.im2colBytes };
  output.out(options.json ? json({ ...report, lessons, results }) : describe(work, variant, lessons, results));
}

/** The size that was asked for, if one was, in either way. */
function sizeOf({ input: whole, channels, size, photo }: Options): InputSize | undefined {
  if (whole || (channels === undefined && size === undefined)) return whole;
  const [height, width] = size ?? [DEFAULT_INPUT.height, DEFAULT_INPUT.width];
  return { height, width, channels: channels ?? (photo === undefined ? DEFAULT_INPUT.channels : 3) };
}

/** The photo (resized if a size was asked for too), or noise. */
async function inputOf(options: Options): Promise<Tensor> {
  const { photo, maxPixels } = options;
  const size = sizeOf(options);
  if (photo !== undefined) {
    if (size && size.channels !== 3) {
      const place = options.input ? '--input' : '--channels';
      const got = String(size.channels);
      wrong(place, 'the 3 channels of a photo', got);
    }
    const resized = options.input ?? (options.size ? size : undefined);
    return preprocess(await decodeImage(photo, { maxPixels }), resized ? { size: [resized.height, resized.width] } : 'unit');
  }
  const { height, width, channels } = size ?? DEFAULT_INPUT;
  expectMemory('input', channels * height * width);
  return tensor(Float32Array.from({ length: channels * height * width }, noise(3)), [1, channels, height, width]);
}

/** Most elements of an array. */
const MAX_ELEMENTS = 2 ** 28;

function expectMemory(place: string, elements: number): void {
  if (elements <= MAX_ELEMENTS) return;
  const [expected, got] = ['at most 2^28 elements', String(elements)];
  wrong(place, expected, got);
}

/** Padding by default keeps the centre of odd kernels on the pixel, as nets have it. */
function prepare(x: Tensor, { out, kernel, stride, pad }: Options): Work {
  const [, channels = 0, height = 0, width = 0] = x.shape;
  const column = channels * kernel * kernel;
  expectMemory('kernels', out * column);
  const node = input([...x.shape]);
  const padding = pad ?? Math.floor((kernel - 1) / 2);
  const y = conv2d(channels, out, kernel, { stride, padding, bias: false, name: 'conv' })(node);
  const positions = (y.shape[2] ?? 0) * (y.shape[3] ?? 0);
  const random = noise(5);
  const limit = Math.sqrt(6 / column);
  const weight = Float32Array.from({ length: out * column }, () => random() * limit);
  return {
    graph: graph({ x: node }, { y }),
    shape: { channels, height, width, outChannels: out, kernel, stride, padding },
    x,
    weight: tensor(weight, [out, channels, kernel, kernel]),
    macs: positions * column * out,
    im2colBytes: positions * column * Float32Array.BYTES_PER_ELEMENT,
  };
}

function loadWork({ graph: net, weight }: Work, algorithm: Algorithm, { variant, threads }: Options): Promise<Model> {
  return load(net, { weights: { 'conv.weight': weight }, algorithm, variant, threads });
}

/** The lessons and the product as it chooses; nothing where there are no lessons. */
async function timedLessons(work: Work, options: Options, output: Output): Promise<Timed[]> {
  await using model = await loadWork(work, 'auto', options);
  noteShortfall(model, options, output);
  const lessons = await lessonsOrNote(output);
  return lessons ? await timeLessons(lessons, work, model, options.runs) : [];
}

async function timedAlgorithms(work: Work, options: Options): Promise<{ variant: string; results: Result[] }> {
  const results: Result[] = [];
  let variant = '';
  let reference: Float32Array | undefined;
  for (const algorithm of algorithmsFor(options)) {
    await using model = await loadWork(work, algorithm, options);
    variant = model.variant;
    const { y } = await model.run({ x: work.x });
    reference ??= y?.data;
    const time = await timeConvolution(model, work.x, options.runs);
    const difference = largestDifference(y?.data, reference);
    const speedup = (results[0]?.ms ?? time) / time;
    const gflops = (2 * work.macs) / time / 1e6;
    results.push({ algorithm, ms: time, gflops, effective: algorithm === 'winograd', speedup, difference });
  }
  return { variant, results };
}

/** Median ms of the convolution alone, once it is warm. */
async function timeConvolution(model: Model, x: Tensor, runs: number | undefined): Promise<number> {
  const measure = async (iterations: number): Promise<number> => {
    const { steps } = await model.profile({ x }, { iterations });
    return steps.filter(({ layer }) => layer === 'conv').reduce((sum, step) => sum + step.ms, 0);
  };
  await warmUp(() => measure(1));
  return measure(runs ?? runsFor(await measure(1)));
}

const EFFECTIVE = 'effective: counted by the multiply-adds of the definition; Winograd does 2.25 to 4 times fewer';

function describe(work: Work, variant: string, lessons: readonly Timed[], results: readonly Result[]): string {
  const { channels, height, width, outChannels, kernel, stride, padding } = work.shape;
  const side = String(kernel);
  const algorithms = results.map((r) => [r.algorithm, ms(r.ms), speed(r), r.speedup.toFixed(1), tiny(r.difference)]);
  return [
    `${height}x${width}x${channels} input, ${outChannels} kernels of ${side}x${side}, stride ${stride}, padding ${padding}: ` +
      `${(work.macs / 1e6).toFixed(1)} million multiply-adds`,
    ...(lessons.length > 0 ? ['', lessonTable(lessons)] : []),
    '',
    `the product's algorithms (${variant})`,
    table([['algorithm', 'ms', 'GFLOP/s', 'speed-up', 'largest difference'], ...algorithms]),
    '',
    ...([...lessons, ...results].some(({ effective }) => effective) ? [EFFECTIVE] : []),
    `an im2col matrix of this convolution takes ${bytes(work.im2colBytes)}; ms is the median`,
  ].join('\n');
}

function lessonTable(lessons: readonly Timed[]): string {
  const head = ['lesson (crates/lessons)', 'ms', 'GFLOP/s', 'ratio to the one before', 'largest difference'];
  const rows = lessons.map((r, i) => {
    const name = i < lessons.length - 1 ? `${i} ${r.name}` : r.name;
    return [name, ms(r.ms), speed(r), r.ratio?.toFixed(2) ?? '', tiny(r.difference)];
  });
  return table([head, ...rows]);
}

function speed({ gflops, effective }: { readonly gflops: number; readonly effective: boolean }): string {
  return `${gflops.toFixed(2)}${effective ? ' effective' : ''}`;
}

function tiny(difference: number): string {
  return difference === 0 ? '0' : difference.toExponential(1);
}
