import { Command, Option } from 'commander';
import { decodeImage, load } from '../../entries/index.js';
import type { LoadOptions, ModelSource } from '../../entries/index.js';
import { kernel } from '../arguments.js';
import { convolveBands, interleavedFilter } from '../bands.js';
import type { Matrix } from '../bands.js';
import { noteShortfall, withCommon, withMaxPixels } from '../common.js';
import type { CommonOptions, PhotoOptions } from '../common.js';
import { expectOtherFile } from '../other-file.js';
import { json, ms } from '../output.js';
import type { Output } from '../output.js';
import { pictureFile, writePicture } from '../picture.js';

interface Options extends CommonOptions, PhotoOptions {
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
    .requiredOption('-o, --output <file>', 'where to write the picture: a .png, .jpg or .webp file', pictureFile);
  return withCommon(withMaxPixels(command)).action((photo: string, options: Options) => run(photo, options, output));
}

async function run(photo: string, options: Options, output: Output): Promise<void> {
  const { variant, threads, maxPixels } = options;
  expectOtherFile(options.output, [photo]);
  const { graph, weights } = interleavedFilter(options.kernel);
  // Decoded while the engine starts; heard afterwards.
  const decoding = decodeImage(photo, { maxPixels });
  decoding.catch(() => undefined);
  await using model = await opened(graph, { weights, variant, threads });
  noteShortfall(model, options, output);
  const image = await decoding;
  const start = performance.now();
  const filtered = await convolveBands(model, image, (options.kernel.length - 1) / 2);
  const time = performance.now() - start;
  await writePicture(filtered, options.output);
  const report = { photo, output: options.output, width: image.width, height: image.height, variant: model.variant, ms: time };
  const size = `${image.width} x ${image.height}`;
  output.out(options.json ? json(report) : `${options.output}: ${size} (${model.variant}: ${ms(time)} ms, edges repeated)`);
}

/** On this thread where one is enough: a worker would take as long to start as to compute, and every band would be handed over twice. */
async function opened(source: ModelSource, options: LoadOptions) {
  if (options.threads !== 1) return load(source, options);
  const inline = await import('../../entries/inline.js');
  return inline.load(source, options);
}
