import { Command, InvalidArgumentError, Option } from 'commander';
import type { LoadOptions, Model, PreprocessOptions } from '../../entries/index.js';
import { countFrom0, mapSize, preprocessing, wholeNumber } from '../arguments.js';
import { noteShortfall, withCommon, withMaxPixels } from '../common.js';
import type { CommonOptions, PhotoOptions } from '../common.js';
import { evaluateBoxes } from '../evaluate/boxes.js';
import type { EvaluateSettings } from '../evaluate/boxes.js';
import { evaluateClasses } from '../evaluate/classes.js';
import { readClassified } from '../evaluate/classified.js';
import { evaluateMasks } from '../evaluate/masks.js';
import { reported, tell } from '../evaluate/told.js';
import type { Report } from '../evaluate/told.js';
import { readBoxes, readMasks } from '../labelled/read.js';
import { readLabels } from '../labels.js';
import { loadForTask } from '../models.js';
import { json } from '../output.js';
import type { Output } from '../output.js';
import { ProgressLine } from '../train/told.js';

interface Options extends CommonOptions, PhotoOptions {
  readonly model: string;
  readonly task?: TaskName;
  readonly data: string;
  readonly images?: string;
  readonly labels?: string;
  readonly preprocess?: PreprocessOptions;
  readonly size?: readonly [number, number];
  readonly limit?: number;
  readonly score: number;
  readonly iou?: number;
  readonly max: number;
  readonly ignore?: number;
}

const TASKS = ['classify', 'detect', 'segment'] as const;
type TaskName = (typeof TASKS)[number];

export function evaluateCommand(output: Output): Command {
  const command = new Command('evaluate')
    .description('say how good a model is on labelled photos: top-1 and top-5, mAP as COCO has it, or mean IoU')
    .requiredOption('--data <folder|file>', 'classify: a folder of photos for each class, IDX files, or a table (CSV); detect: a COCO file (JSON), data.yaml or a folder with texts of YOLO; segment: a folder with images and masks (PNG)')
    .option('--model <name|file>', 'a model file, a net that ships (lenet5, squeezenet1_1), or nanodet or selfie of the repository', 'squeezenet1_1')
    .addOption(new Option('--task <name>', "what is evaluated (default: the model's own, else classify)").choices(TASKS))
    .option('--images <folder>', "photos of a COCO file (default: the file's folder)")
    .option('--labels <file>', 'names of the classes: a JSON array or object by index, or one a line')
    .option('--preprocess <preset|json>', "how pixels become the input (default: the model's own)", preprocessing)
    .option('--size <n|hxw>', 'size of the images of a table', mapSize)
    .option('--limit <n>', 'no more photos than these, evenly spread over the data', wholeNumber)
    .option('--score <x>', 'detect: least score of a box', share, 0.001)
    .option('--iou <x>', "detect: overlap from which a box is dropped (default: the model's own)", share)
    .option('--max <n>', 'detect: most boxes of a photo', wholeNumber, 300)
    .option('--ignore <n>', 'segment: value of pixels that nobody labelled (default: 255)', countFrom0);
  return withCommon(withMaxPixels(command), 'auto').action((options: Options) => run(options, output));
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('Expected a number from 0 to 1.');
}

async function run(options: Options, output: Output): Promise<void> {
  const { variant, threads, preprocess, limit } = options;
  const load: LoadOptions = { variant, threads, preprocess, labels: options.labels === undefined ? undefined : readLabels(options.labels) };
  await using model = await loadForTask(options.model, load);
  noteShortfall(model, options, output);
  const line = new ProgressLine(process.stderr);
  const started = performance.now();
  const settings: EvaluateSettings = {
    limit,
    onPhoto: (done, all) => line.drawText(() => `${done}/${all} photos, ${((1000 * done) / (performance.now() - started)).toFixed(1)} a second`),
  };
  let report: Report;
  try {
    report = await evaluated(model, options, settings);
  } finally {
    line.clear();
  }
  output.out(options.json ? json({ model: options.model, variant: model.variant, ...reported(report) }) : tell(report));
}

async function evaluated(model: Model, options: Options, settings: EvaluateSettings): Promise<Report> {
  const { data, images, size, score, iou, max, ignore, maxPixels } = options;
  const task = options.task ?? taskOf(model);
  const names = model.labels;
  if (task === 'detect') return evaluateBoxes(await readBoxes(data, { images, names, maxPixels }), model, { score, iou, max }, settings);
  if (task === 'segment') return evaluateMasks(readMasks(data, { names, ignore, maxPixels }), model, settings);
  const channels = model.inputs[0]?.shape[1] === 1 ? 1 : 3;
  const classifier = { labels: names, classify: (photo: Parameters<Model['classify']>[0], { topK }: { readonly topK: number }) => model.classify(photo, { topK, maxPixels }) };
  return evaluateClasses(await readClassified(data, { channels, size }), classifier, settings);
}

/** What a model says that it is for. */
function taskOf({ task }: Model): TaskName {
  if (task === 'detection') return 'detect';
  return task === 'segmentation' ? 'segment' : 'classify';
}
