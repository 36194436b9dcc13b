import { Option } from 'commander';
import type { Command } from 'commander';
import { preprocessing, share, wholeNumber } from './arguments.js';
import { QUESTIONS } from './asker.js';
import { withMaxPixels, withVariant, withWide } from './common.js';

/** Adds the options of commands that ask many photos. */
export function withAsking(command: Command): Command {
  return withMaxPixels(withWide(withVariant(command
    .addOption(new Option('--task <name>', 'classes, boxes in pixels of the photo, or features').choices(QUESTIONS).default('classify'))
    .option('--top <n>', 'how many classes to name', wholeNumber, 5)
    .option('--score <0..1>', "least score of a box; default: the model's own, else 0.25", share)
    .option('--labels <file>', 'names of the classes: a JSON array or object by index, or one a line')
    .option('--preprocess <preset|json>', 'how pixels become the input; default: as the model says', preprocessing)
    .option('--workers <n>', 'photos computed at the same time, a thread each (default: as many as the process has cores)', wholeNumber)
    .option('--timeout <seconds>', 'what a photo may take, as one whose address never answers', wholeNumber, 60))));
}
