import { parseLabels } from '../entries/index.js';
import { readBytes } from './files.js';

/** Names of classes in a file, as the option `--labels` names it. @throws ArgumentError naming the file and what is wrong in it */
export function readLabels(file: string): readonly string[] {
  return parseLabels(readBytes('--labels', file).toString('utf8'), `--labels: ${file}`);
}
