import { Command } from 'commander';
import type { ArgumentError } from '../../entries/index.js';
import { nearest } from '../../base/options.js';
import { copyInto } from '../copy.js';
import { bytes as sizeOf, json, table } from '../output.js';
import type { Output } from '../output.js';
import { mismatch } from '../../base/wrong.js';
import { isName } from '../models.js';
import { howToGet, SHIPPED } from '../where-models-are.js';

interface Options {
  readonly out: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function modelCommand(output: Output): Command {
  return new Command('model')
    .description('copy a model that ships with the package to where a page can fetch it; without a name, list them')
    .argument('[name]', 'name of the model')
    .option('-o, --out <folder|file.safetensors>', 'where to; a folder inside the current one is made', '.')
    .option('--force', 'write over a file that is there')
    .option('--json', 'print JSON instead of text')
    .action((name: string | undefined, options: Options) => (name === undefined ? list(options, output) : copy(name, options, output)));
}

function list(options: Options, output: Output): void {
  const rows = Object.entries(SHIPPED).map(([name, url]) => ({ name, url }));
  output.out(options.json ? json(rows) : table([['model', 'file'], ...rows.map(({ name, url }) => [name, url])]));
  if (!options.json) output.out(`\nThe other nets have no weights here: ${howToGet('NAME')}.`);
}

function copy(name: string, { out, force = false, json: asJson }: Options, output: Output): void {
  const url = Object.hasOwn(SHIPPED, name) ? SHIPPED[name] : undefined;
  if (url === undefined) throw unknown(name);
  const { file, bytes } = copyInto(url, { out, force });
  output.out(asJson ? json({ model: name, file, bytes }) : `${file}: ${sizeOf(bytes)}`);
}

function unknown(name: string): ArgumentError {
  const names = Object.keys(SHIPPED);
  const near = nearest(name, names);
  if (isName(name)) return mismatch('model', `a model that ships, ${names.join(' or ')}`, `${name}, whose trained weights are not here`, { hint: howToGet(name) });
  const hint = near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`;
  return mismatch('model', 'a model that ships', name, { hint });
}
