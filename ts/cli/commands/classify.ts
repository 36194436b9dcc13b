import { Argument, Command, Option } from 'commander';
import { PRESET_NAMES } from '../../entries/index.js';
import type { Classification, PreprocessOptions, PresetName, Scores } from '../../entries/index.js';
import { preprocessing, wholeNumber } from '../arguments.js';
import { noteShortfall, withCommon, withMaxPixels } from '../common.js';
import type { CommonOptions, PhotoOptions } from '../common.js';
import { readLabels } from '../labels.js';
import { loadTrained } from '../models.js';
import { AlreadyTold, json, ms, table } from '../output.js';
import type { Output } from '../output.js';

interface Options extends CommonOptions, PhotoOptions {
  readonly model: string;
  readonly preprocess?: PreprocessOptions;
  readonly preset?: PresetName;
  readonly labels?: string;
  readonly scores?: Scores;
  readonly topK: number;
  readonly top?: number;
  readonly exact?: boolean;
}

interface Answer extends Classification {
  readonly photo: string;
}

export function classifyCommand(output: Output): Command {
  const command = new Command('classify')
    .description('say what is on photos')
    .addArgument(new Argument('<photo...>', 'files or URLs'))
    .option('--model <name|file>', 'a model file, or a net that ships (lenet5, squeezenet1_1)', 'squeezenet1_1')
    .option('--preprocess <preset|json>', 'how pixels become the input; default: as the model says, else imagenet', preprocessing)
    .addOption(new Option('--preset <name>', 'the same as --preprocess, a preset alone').choices(PRESET_NAMES).conflicts('preprocess'))
    .option('--labels <file>', 'names of the classes: a JSON array or object by index, or one a line')
    .addOption(new Option('--scores <kind>', "what the model's numbers are; default: found in its graph").choices(['softmax', 'sigmoid', 'none']))
    .option('--top-k <n>', 'how many classes to name', wholeNumber, 5)
    .addOption(new Option('--top <n>', 'the same as --top-k').argParser(wholeNumber).conflicts('topK'))
    .option('--exact', 'decode every pixel, also of photos much larger than the net looks at');
  return withCommon(withMaxPixels(command), 'auto').action((photos: string[], options: Options) => run(photos, options, output));
}

/** A photo that fails is named, and the others still get their answer; the exit code tells. */
async function run(photos: readonly string[], options: Options, output: Output): Promise<void> {
  const labels = options.labels === undefined ? undefined : readLabels(options.labels);
  const { variant, threads, scores, exact, maxPixels } = options;
  const { preset, preprocess = preset, topK, top = topK } = options;
  await using model = await loadTrained(options.model, { variant, threads, labels, preprocess, scores });
  noteShortfall(model, options, output);
  const answers: Answer[] = [];
  let failures = 0;
  for (const photo of photos) {
    try {
      const answer = { photo, ...(await model.classify(photo, { topK: top, exact, maxPixels })) };
      answers.push(answer);
      if (!options.json) output.out(describe(answer, model.variant));
    } catch (error) {
      failures++;
      output.err(`error: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (options.json) output.out(json({ variant: model.variant, photos: answers }));
  if (failures > 0) throw new AlreadyTold();
}

function describe({ photo, top, ms: time }: Answer, variant: string): string {
  const rows = top.map(({ index, label, probability }) => [`${(100 * probability).toFixed(2)} %`, label ?? `class ${index}`]);
  const lines = table([['', ''], ...rows]).split('\n').slice(1);
  const times = `decode ${ms(time.decode)} ms, preprocessing ${ms(time.preprocess)} ms, run ${ms(time.run)} ms`;
  return [photo, ...lines.map((line) => `  ${line}`), `  (${variant}: ${times})`].join('\n');
}
