import { Command } from 'commander';
import { decodeImage, outlines } from '../../entries/index.js';
import type { DetectedBox, Detections, PreprocessOptions, Task, TaskSpec } from '../../entries/index.js';
import { classList, preprocessing, share, task, wholeNumber } from '../arguments.js';
import { noteShortfall, withCommon, withMaxPixels } from '../common.js';
import type { CommonOptions, PhotoOptions } from '../common.js';
import { drawBoxes } from '../draw/boxes.js';
import { eachPhoto, pictureTarget } from '../each-photo.js';
import { readLabels } from '../labels.js';
import { expectModel, loadForTask, taskModelOption } from '../models.js';
import { ms, table } from '../output.js';
import type { Output } from '../output.js';
import { writePicture } from '../picture.js';

interface Options extends CommonOptions, PhotoOptions {
  readonly model?: string;
  readonly score?: number;
  readonly iou?: number;
  readonly max?: number;
  readonly classes?: (string | number)[];
  readonly labels?: string;
  readonly preprocess?: PreprocessOptions;
  readonly task?: Task | TaskSpec;
  readonly exact?: boolean;
  readonly output?: string;
}

export function detectCommand(output: Output): Command {
  const command = new Command('detect')
    .description('say what is where on photos: boxes in pixels of the photo')
    .argument('<photo...>', 'files, URLs, folders, patterns in quotes, or - for frames or lines of paths by the standard input')
    .addOption(taskModelOption('nanodet', 'detector'))
    .option('--score <0..1>', "least score of a box; default: the model's own, else 0.25", share)
    .option('--iou <0..1>', "of boxes that overlap more the best is kept; default: the model's own, else 0.45", share)
    .option('--max <n>', 'most boxes of a photo (default: 300)', wholeNumber)
    .option('--classes <list>', 'names or indexes of the classes that are wanted: dog,cat', classList)
    .option('--labels <file>', 'names of the classes: a JSON array or object by index, or one a line')
    .option('--preprocess <preset|json>', 'how pixels become the input; default: as the model says, else letterbox', preprocessing)
    .option('--task <json>', 'how outputs are read, where the model says nothing: {"kind":"detect","head":"nanodet"}', task)
    .option('--exact', 'decode every pixel, also of photos much larger than the net looks at')
    .option('-o, --output <file|folder/>', 'draw the boxes: a .png, .jpg or .webp file for one photo, a folder for more');
  return withCommon(withMaxPixels(command), 'auto').action((photos: string[], options: Options) => run(photos, { ...options, model: expectModel(options.model, 'nanodet', command) }, output));
}

async function run(photos: readonly string[], options: Options & { readonly model: string }, output: Output): Promise<void> {
  const labels = options.labels === undefined ? undefined : readLabels(options.labels);
  const { variant, threads, preprocess, score, iou, max, classes, exact, maxPixels } = options;
  const target = options.output === undefined ? undefined : pictureTarget(options.output);
  await using model = await loadForTask(options.model, { variant, threads, labels, preprocess, task: options.task });
  noteShortfall(model, options, output);
  await eachPhoto(photos, output, async (photo) => {
    const file = target?.(photo);
    const found = await model.detect(photo.image, { score, iou, max, classes, exact, maxPixels });
    if (file !== undefined) await writePicture(drawBoxes(await decodeImage(photo.image, { maxPixels }), found.boxes), file);
    return options.json ? JSON.stringify({ photo: photo.name, variant: model.variant, output: file, ...found, boxes: found.boxes.map(told) }) : describe(photo.name, found, model.variant);
  });
}

/** A box as JSON says it, its mask as polygons. */
function told({ mask, ...box }: DetectedBox) {
  return mask ? { ...box, outlines: outlines(mask).map(({ points, hole }) => ({ hole, points: [...points] })) } : box;
}

function describe(photo: string, { boxes, ms: time }: Detections, variant: string): string {
  const whole = (value: number): string => value.toFixed(0);
  const rows = boxes.map(({ left, top, width, height, score, label, index }) => [
    score.toFixed(2), label ?? `class ${index}`, whole(left), whole(top), `${whole(width)} x ${whole(height)}`,
  ]);
  const lines = rows.length > 0 ? table([['', '', 'left', 'top', 'size'], ...rows]).split('\n') : ['nothing'];
  const times = `decode ${ms(time.decode)} ms, preprocessing ${ms(time.preprocess)} ms, run ${ms(time.run)} ms`;
  return [photo, ...lines.map((line) => `  ${line}`), `  (${variant}: ${times})`].join('\n');
}
