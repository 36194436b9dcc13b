import { Command } from 'commander';
import { ArgumentError, conv2d, decodeImage, graph, input, load, preprocess, tensor } from '../../index.js';
import type { Algorithm, Graph, Model, Tensor } from '../../index.js';
import { inputSize, wholeNumber } from '../arguments.js';
import type { InputSize } from '../arguments.js';
import { noteThreads, withCommon, withMaxPixels } from '../common.js';
import type { CommonOptions, PhotoOptions } from '../common.js';
import { noise } from '../models.js';
import { bytes, json, ms, table } from '../output.js';
import type { Output } from '../output.js';

interface Options extends CommonOptions, PhotoOptions {
  readonly input?: InputSize;
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly photo?: string;
}

/** What is convolved: input [1, C, H, W], weights [OC, C, k, k]. */
interface Work {
  readonly graph: Graph;
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly macs: number;
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
    .description('time the ways to compute one convolution: naive loops, im2col and a plain product, by blocks, packed with SIMD, Winograd')
    .option('--input <hxwxc>', 'size of the input (default: 56x56x64, or the photo as it is)', inputSize)
    .option('--out <n>', 'output channels', wholeNumber, 64)
    .option('--kernel <n>', 'side of the square kernel', wholeNumber, 3)
    .option('--stride <n>', 'step of the kernel', wholeNumber, 1)
    .option('--photo <photo>', 'convolve this photo instead of noise');
  return withCommon(withMaxPixels(command)).action((options: Options) => run(options, output));
}

async function run(options: Options, output: Output): Promise<void> {
  const work = prepare(await inputOf(options), options);
  const { variant: wanted, threads } = options;
  const results: Result[] = [];
  let variant = '';
  let reference: Float32Array | undefined;
  for (const algorithm of algorithmsFor(options)) {
    await using model = await load(work.graph, { weights: { 'conv.weight': work.weight }, algorithm, variant: wanted, threads });
    if (results.length === 0) noteThreads(model, options, output);
    variant = model.variant;
    const { y } = await model.run({ x: work.x });
    reference ??= y?.data;
    const time = await timeConvolution(model, work.x);
    const difference = largestDifference(y?.data, reference);
    const speedup = (results[0]?.ms ?? time) / time;
    const gflops = (2 * work.macs) / time / 1e6;
    results.push({ algorithm, ms: time, gflops, effective: algorithm === 'winograd', speedup, difference });
  }
  const report = { variant, input: work.x.shape, weight: work.weight.shape, stride: options.stride, macs: work.macs };
  output.out(options.json ? json({ ...report, im2colBytes: work.im2colBytes, results }) : describe(work, options, variant, results));
}

/** The photo (resized if a size was asked for too), or noise. */
async function inputOf({ photo, input: size, maxPixels }: Options): Promise<Tensor> {
  if (photo !== undefined) {
    if (size && size.channels !== 3) {
      const got = String(size.channels);
      throw new ArgumentError(`--input: a photo has 3 channels, got ${got}`, { place: '--input', expected: '3 channels', got });
    }
    return preprocess(await decodeImage(photo, { maxPixels }), size ? { size: [size.height, size.width] } : 'unit');
  }
  const { height, width, channels } = size ?? DEFAULT_INPUT;
  return tensor(Float32Array.from({ length: channels * height * width }, noise(3)), [1, channels, height, width]);
}

/** Padding keeps the centre of odd kernels on the pixel, as nets have it. */
function prepare(x: Tensor, { out, kernel, stride }: Options): Work {
  const channels = x.shape[1] ?? 0;
  const column = channels * kernel * kernel;
  const node = input([...x.shape]);
  const padding = Math.floor((kernel - 1) / 2);
  const y = conv2d(channels, out, kernel, { stride, padding, bias: false, name: 'conv' })(node);
  const positions = (y.shape[2] ?? 0) * (y.shape[3] ?? 0);
  const random = noise(5);
  const limit = Math.sqrt(6 / column);
  const weight = Float32Array.from({ length: out * column }, () => random() * limit);
  return {
    graph: graph({ x: node }, { y }),
    x,
    weight: tensor(weight, [out, channels, kernel, kernel]),
    macs: positions * column * out,
    im2colBytes: positions * column * Float32Array.BYTES_PER_ELEMENT,
  };
}

/** Median ms of the convolution alone, over about half a second but no fewer than 3 runs and no more than 100. */
async function timeConvolution(model: Model, x: Tensor): Promise<number> {
  const measure = async (iterations: number): Promise<number> => {
    const { steps } = await model.profile({ x }, { iterations });
    return steps.filter(({ layer }) => layer === 'conv').reduce((sum, step) => sum + step.ms, 0);
  };
  const first = await measure(1);
  return measure(Math.min(100, Math.max(3, Math.round(500 / first))));
}

function largestDifference(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (!a || !b || a.length !== b.length) return Number.NaN;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] ?? 0) - (b[i] ?? 0));
    if (!(difference <= largest)) largest = difference; // NaN stays
  }
  return largest;
}

const EFFECTIVE = 'effective: counted by the multiply-adds of the definition; Winograd does 2.25 to 4 times fewer';

function describe(work: Work, options: Options, variant: string, results: readonly Result[]): string {
  const head = ['algorithm', 'ms', 'GFLOP/s', 'speed-up', 'largest difference'];
  const rows = results.map((r) => [
    r.algorithm,
    ms(r.ms),
    `${r.gflops.toFixed(2)}${r.effective ? ' effective' : ''}`,
    r.speedup.toFixed(1),
    r.difference === 0 ? '0' : r.difference.toExponential(1),
  ]);
  const [, channels, height, width] = work.x.shape;
  return [
    `${height}x${width}x${channels} input, ${options.out} kernels of ${options.kernel}x${options.kernel}, stride ${options.stride}: ` +
      `${(work.macs / 1e6).toFixed(1)} million multiply-adds (${variant})`,
    table([head, ...rows]),
    ...(results.some(({ effective }) => effective) ? [EFFECTIVE] : []),
    `an im2col matrix of this convolution takes ${bytes(work.im2colBytes)}; ms is the median`,
  ].join('\n');
}
