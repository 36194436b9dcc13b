import { constants, copyFileSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failed, wrong } from '../base/wrong.js';

export interface CopyOptions {
  /** A folder, or a file if it ends as the source does. */
  readonly out: string;
  /** Whether a file that is there is replaced. */
  readonly force: boolean;
}

/**
 * Copies a file of this package. Folders that are missing are made inside the current one, and nowhere else.
 * @param url - of the file
 * @returns what was written, and how many bytes
 * @throws ArgumentError for a file that is there already, a folder elsewhere that is not there, or where nothing can be written
 */
export function copyInto(url: string, { out, force }: CopyOptions): { file: string; bytes: number } {
  const source = fileURLToPath(url);
  const isFile = extname(out) === extname(source) && !isFolder(out);
  const file = isFile ? out : join(out, basename(source));
  makeFolder(dirname(file));
  if (isFolder(file)) refuse(file, 'a file, or nothing yet', 'a folder', 'name another file');
  if (existsSync(file) && !force) refuse(file, 'nothing there yet', 'a file', 'give --force to write over it');
  try {
    // Beside it first: what is there stays whole until it is replaced, and of a link the link is, not what it leads to.
    const part = `${file}.${process.pid}.part`;
    try {
      copyFileSync(source, part, constants.COPYFILE_EXCL);
      renameSync(part, file);
    } finally {
      rmSync(part, { force: true });
    }
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    failed(file, 'cannot be written', got, { cause });
  }
  return { file, bytes: statSync(file).size };
}

/** Links count as what they lead to. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  let above = resolve(folder);
  while (!existsSync(above)) above = dirname(above);
  const way = relative(realpathSync('.'), realpathSync(above));
  if (way === '..' || way.startsWith(`..${sep}`) || resolve(way) === way) {
    refuse(folder, 'a folder that is there', 'none', 'outside of the current folder none is made');
  }
  if (!isFolder(above)) refuse(folder, 'a folder', `${above}, which is none`, 'name another one');
  mkdirSync(folder, { recursive: true });
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}

function refuse(place: string, expected: string, got: string, hint: string): never {
  wrong(place, expected, got, { hint });
}
