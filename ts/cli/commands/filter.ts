import { writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { conv2d, decodeImage, graph, ImageError, input, load, tensor } from '../../index.js';
import type { RgbImage, Tensor } from '../../index.js';
import { kernel } from '../arguments.js';
import { noteThreads, withCommon } from '../common.js';
import type { CommonOptions } from '../common.js';
import { json, ms } from '../output.js';
import type { Output } from '../output.js';

type Matrix = readonly (readonly number[])[];

interface Options extends CommonOptions {
  readonly kernel: Matrix;
  readonly output: string;
}

export function filterCommand(output: Output): Command {
  const command = new Command('filter')
    .description('convolve a photo with a kernel, each colour alone; beyond the edge its last pixel repeats')
    .argument('<photo>', 'file or URL')
    .addOption(
      new Option('--kernel <name|matrix>', "sharpen, edge, blur, or a matrix: '[[0,0,0],[0,1,0],[0,0,0]]'")
        .argParser(kernel)
        .makeOptionMandatory(),
    )
    .requiredOption('-o, --output <file>', 'where to write the PNG');
  return withCommon(command).action((photo: string, options: Options) => run(photo, options, output));
}

async function run(photo: string, options: Options, output: Output): Promise<void> {
  const image = await decodeImage(photo);
  const margin = (options.kernel.length - 1) / 2;
  const x = input([1, 3, image.height + 2 * margin, image.width + 2 * margin]);
  const y = conv2d(3, 3, options.kernel.length, { groups: 3, bias: false, name: 'filter' })(x);
  const weights = { 'filter.weight': depthwise(options.kernel) };
  await using model = await load(graph({ x }, { y }), { weights, variant: options.variant, threads: options.threads });
  noteThreads(model, options, output);
  const padded = replicate(image, margin);
  const start = performance.now();
  const { y: filtered } = await model.run({ x: padded });
  const time = performance.now() - start;
  if (!filtered) throw new Error('the filter gave no output');
  await writePng(toBytes(filtered, image), image, options.output);
  const report = { photo, output: options.output, width: image.width, height: image.height, variant: model.variant, ms: time };
  const size = `${image.width} x ${image.height}`;
  output.out(options.json ? json(report) : `${options.output}: ${size} (${model.variant}: ${ms(time)} ms, edges repeated)`);
}

/** [k, k] -> [3, 1, k, k] */
function depthwise(matrix: Matrix): Tensor {
  const one = matrix.flat();
  return tensor(Float32Array.from([...one, ...one, ...one]), [3, 1, matrix.length, matrix.length]);
}

/** [1, 3, H + 2m, W + 2m]; positions outside take the nearest pixel, so that no dark frame appears. */
function replicate({ data, width, height }: RgbImage, margin: number): Tensor {
  const rows = height + 2 * margin;
  const columns = width + 2 * margin;
  const out = new Float32Array(3 * rows * columns);
  const clamp = (at: number, size: number): number => Math.min(Math.max(at - margin, 0), size - 1);
  for (let c = 0, to = 0; c < 3; c++) {
    for (let y = 0; y < rows; y++) {
      const row = clamp(y, height) * width;
      for (let x = 0; x < columns; x++) out[to++] = data[(row + clamp(x, width)) * 3 + c] ?? 0;
    }
  }
  return tensor(out, [1, 3, rows, columns]);
}

/** Planes back to interleaved bytes, rounded and cut to 0..255. */
function toBytes({ data }: Tensor, { width, height }: RgbImage): Uint8Array {
  const plane = width * height;
  const out = new Uint8ClampedArray(plane * 3);
  for (let i = 0; i < plane; i++) for (let c = 0; c < 3; c++) out[i * 3 + c] = data[c * plane + i] ?? 0;
  return new Uint8Array(out.buffer);
}

async function writePng(data: Uint8Array, { width, height }: RgbImage, file: string): Promise<void> {
  const { default: sharp } = await import('sharp');
  const png = await sharp(data, { raw: { width, height, channels: 3 } }).png({ compressionLevel: 1 }).toBuffer(); // half the time of the default, for a quarter more bytes
  try {
    await writeFile(file, png);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    throw new ImageError(`${file}: cannot write the image: ${got}`, { place: file, got, cause });
  }
}
