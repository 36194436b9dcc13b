import { Command, Option } from 'commander';
import { cutOut, decodeImage, outlines, overlay } from '../../entries/index.js';
import type { PreprocessOptions, RawImage, RgbImage, Segmentation, Task, TaskSpec } from '../../entries/index.js';
import { preprocessing, share, task } from '../arguments.js';
import { noteShortfall, withCommon, withMaxPixels } from '../common.js';
import type { CommonOptions, PhotoOptions } from '../common.js';
import { eachPhoto, expectApart, pictureTarget, pngTarget } from '../each-photo.js';
import { readLabels } from '../labels.js';
import { expectModel, loadForTask, taskModelOption } from '../models.js';
import { ms, table } from '../output.js';
import type { Output } from '../output.js';
import { writeMask, writePicture } from '../picture.js';

interface Options extends CommonOptions, PhotoOptions {
  readonly model?: string;
  readonly threshold?: number;
  readonly resize?: 'before' | 'after';
  readonly soft?: boolean;
  readonly outlines?: boolean;
  readonly labels?: string;
  readonly preprocess?: PreprocessOptions;
  readonly task?: Task | TaskSpec;
  readonly exact?: boolean;
  readonly output?: string;
  readonly mask?: string;
}

export function segmentCommand(output: Output): Command {
  const command = new Command('segment')
    .description('say of which class each pixel of photos is')
    .argument('<photo...>', 'files, URLs, folders, patterns in quotes, or - for frames or lines of paths by the standard input')
    .addOption(taskModelOption('selfie', 'segmenter of people'))
    .option('--threshold <0..1>', 'for a model of one map: from which probability on a pixel is of class 1 (default: 0.5)', share)
    .addOption(new Option('--resize <when>', 'scores to the photo before classes are chosen, or classes after (default: before)').choices(['before', 'after']))
    .option('--soft', 'for a model of one map: the mask is the probability as 0 to 255, the overlay a cut-out with it as alpha')
    .option('--outlines', 'with --json: polygons around the pixels of each class but 0')
    .option('--labels <file>', 'names of the classes: a JSON array or object by index, or one a line')
    .option('--preprocess <preset|json>', 'how pixels become the input; default: as the model says, else unit', preprocessing)
    .option('--task <json>', 'how the output is read, where the model says nothing: {"kind":"segment","scores":"sigmoid"}', task)
    .option('--exact', 'decode every pixel, also of photos much larger than the net looks at')
    .option('-o, --output <file|folder/>', 'lay the classes over the photo: a .png, .jpg or .webp file for one photo, a folder for more')
    .option('--mask <file|folder/>', 'write the class of each pixel as the grey of a PNG');
  return withCommon(withMaxPixels(command), 'auto').action((photos: string[], options: Options) => run(photos, { ...options, model: expectModel(options.model, 'selfie', command) }, output));
}

async function run(photos: readonly string[], options: Options & { readonly model: string }, output: Output): Promise<void> {
  const labels = options.labels === undefined ? undefined : readLabels(options.labels);
  const { variant, threads, preprocess, threshold, resize, soft, exact, maxPixels } = options;
  expectApart(options.output, options.mask);
  const target = options.output === undefined ? undefined : pictureTarget(options.output, { alpha: soft });
  const maskTarget = options.mask === undefined ? undefined : pngTarget(options.mask);
  await using model = await loadForTask(options.model, { variant, threads, labels, preprocess, task: options.task });
  noteShortfall(model, options, output);
  await eachPhoto(photos, output, async (photo) => {
    const [file, maskFile] = [target?.(photo), maskTarget?.(photo)];
    expectApart(file, maskFile);
    const answer = await model.segment(photo.image, { threshold, resize, soft, exact, maxPixels });
    if (file !== undefined) await writePicture(shown(await decodeImage(photo.image, { maxPixels }), answer), file);
    if (maskFile !== undefined) await writeMask({ ...answer.mask, data: answer.alpha ?? answer.mask.data }, maskFile);
    const report = { photo: photo.name, variant: model.variant, output: file, mask: maskFile, ...told(answer, options) };
    return options.json ? JSON.stringify(report) : describe(photo.name, answer, model.variant);
  });
}

function shown(photo: RgbImage, { mask, alpha }: Segmentation): RgbImage | RawImage {
  return alpha ? cutOut(photo, alpha) : overlay(photo, mask);
}

/** What JSON says: of pixels the shares of classes, and their outlines where these are asked for. */
function told({ mask, classes, ms: time }: Segmentation, options: Options) {
  const lined = options.outlines
    ? classes.map((one) => (one.index === 0 ? one : { ...one, outlines: outlines(mask, one.index).map(({ points, hole }) => ({ hole, points: [...points] })) }))
    : classes;
  return { width: mask.width, height: mask.height, classes: lined, ms: time };
}

function describe(photo: string, { classes, ms: time }: Segmentation, variant: string): string {
  const rows = classes.map(({ index, label, share: part }) => [`${(100 * part).toFixed(2)} %`, label ?? `class ${index}`]);
  const lines = table([['', ''], ...rows]).split('\n').slice(1);
  const times = `decode ${ms(time.decode)} ms, preprocessing ${ms(time.preprocess)} ms, run ${ms(time.run)} ms`;
  return [photo, ...lines.map((line) => `  ${line}`), `  (${variant}: ${times})`].join('\n');
}
