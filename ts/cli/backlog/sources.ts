import { createReadStream, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { linesOf } from '../../bytes/lines.js';
import { fileReason } from '../../bytes/file-reason.node.js';
import { wrong } from '../../base/wrong.js';
import { MOST_BYTES } from '../../queue/results.js';
import { isImage } from '../photos.js';
import { readRequest } from '../pipe/request.js';

const isUrl = (text: string): boolean => /^[a-z]{2,}:\/\//i.test(text);

/**
 * A line for each photo that sources name: a photo or its URL, the photos in a folder and in those below it, or those of a list: a file,
 * or `-` for the standard input, with a path or URL, or an object with a `path` and an `id`, on each line. Paths are made absolute.
 * @throws ArgumentError for a source that cannot be read or names no photo, and for a line that names none
 */
export async function* namedBy(sources: readonly string[]): AsyncGenerator<string> {
  for (const source of sources) {
    let some = false;
    for await (const line of linesFrom(source)) {
      some = true;
      yield line;
    }
    if (!some) wrong(source === '-' ? 'standard input' : source, 'photos', 'none');
  }
}

async function* linesFrom(source: string): AsyncGenerator<string> {
  const there = source === '-' ? undefined : statSync(source, { throwIfNoEntry: false });
  if (source === '-') yield* listed(process.stdin, 'standard input');
  else if (there?.isDirectory()) yield* inFolder(resolve(source));
  else if (there ? isImage(source) : isUrl(source)) yield lineOf(source);
  else if (there) yield* listed(createReadStream(source), source);
  else wrong(source, 'a folder, a list or a photo', 'nothing of that name');
}

/** Links to folders are not followed: they may lead back. */
async function* inFolder(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => wrong(folder, 'a folder that can be read', fileReason(cause), { cause }));
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* inFolder(path);
    else if (isImage(entry.name)) yield lineOf(path);
  }
}

async function* listed(input: AsyncIterable<Uint8Array>, place: string): AsyncGenerator<string> {
  for await (const line of linesOf(input, MOST_BYTES)) {
    const { about: { id, path }, photo } = readRequest(line);
    if (photo instanceof Error) wrong(`${place}: line ${line.number}`, 'the path or URL of a photo', photo.message, { cause: photo });
    if (path === undefined) wrong(`${place}: line ${line.number}`, 'the path or URL of a photo', 'a photo itself', { hint: 'receptive pipe takes those' });
    yield lineOf(path, id);
  }
}

/** As it is written, where `readRequest` reads that as the same; else as an object. */
function lineOf(named: string, id?: string | number): string {
  const path = isUrl(named) ? named : resolve(named);
  return id === undefined && path === path.trim() && !/^\{|[\r\n]/.test(path) ? path : JSON.stringify({ id, path });
}
