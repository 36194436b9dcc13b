import { Command } from 'commander';
import type { PreprocessOptions } from '../../entries/index.js';
import { preprocessing } from '../arguments.js';
import { noteShortfall, withCommon, withMaxPixels } from '../common.js';
import type { CommonOptions, PhotoOptions } from '../common.js';
import { eachPhoto } from '../each-photo.js';
import { loadForTask } from '../models.js';
import type { Output } from '../output.js';

interface Options extends CommonOptions, PhotoOptions {
  readonly model: string;
  readonly preprocess?: PreprocessOptions;
  readonly normalize?: boolean;
  readonly exact?: boolean;
}

export function embedCommand(output: Output): Command {
  const command = new Command('embed')
    .description('features of photos, which the classes of a model are told by: photos that are alike have vectors that are near')
    .argument('<photo...>', 'files, URLs, folders, patterns in quotes, or - for frames or lines of paths by the standard input')
    .option('--model <name|file>', 'a model file, or a net that ships (lenet5, squeezenet1_1)', 'squeezenet1_1')
    .option('--preprocess <preset|json>', 'how pixels become the input; default: as the model says, else imagenet', preprocessing)
    .option('--normalize', 'vectors of length 1, so that the product of two is their likeness')
    .option('--exact', 'decode every pixel, also of photos much larger than the net looks at');
  return withCommon(withMaxPixels(command), 'auto').action((photos: string[], options: Options) => run(photos, options, output));
}

async function run(photos: readonly string[], options: Options, output: Output): Promise<void> {
  const { variant, threads, preprocess, normalize, exact, maxPixels } = options;
  await using model = await loadForTask(options.model, { variant, threads, preprocess });
  noteShortfall(model, options, output);
  await eachPhoto(photos, output, async ({ name, image }) => {
    const vector = await model.embed(image, { normalize, exact, maxPixels });
    return options.json ? JSON.stringify({ photo: name, vector: [...vector] }) : `${name}: ${describe(vector)}`;
  });
}

function describe(vector: Float32Array): string {
  const first = [...vector.subarray(0, 4)].map((value) => value.toPrecision(4));
  return `${vector.length} numbers: ${first.join(', ')}${vector.length > 4 ? ', ... (--json prints all)' : ''}`;
}
