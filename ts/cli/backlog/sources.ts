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
 * or `-` for the standard input, with a path or URL, an object with a `path` and an `id`, or what `aws s3 ls --recursive` says of an object, on each
 * line. Paths are made absolute.
 * @param base - what names in lists are below: a folder, by default that of the process, or an address
 * @throws ArgumentError for a source that cannot be read or names no photo, and for a line that names none
 */
export async function* namedBy(sources: readonly string[], base?: string): AsyncGenerator<string> {
  for (const source of sources) {
    let some = false;
    for await (const line of linesFrom(source, base)) {
      some = true;
      yield line;
    }
    if (!some) wrong(source === '-' ? 'standard input' : source, 'photos', 'none');
  }
}

async function* linesFrom(source: string, base: string | undefined): AsyncGenerator<string> {
  const there = source === '-' ? undefined : statSync(source, { throwIfNoEntry: false });
  if (source === '-') yield* listed(process.stdin, 'standard input', base);
  else if (there?.isDirectory()) yield* inFolder(resolve(source));
  else if (there ? isImage(source) : isUrl(source)) yield lineOf(source);
  else if (there) yield* listed(createReadStream(source), source, base);
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

/** What `aws s3 ls --recursive` says of an object: date, time, bytes and name. */
const OBJECT = /^\d{4}-\d\d-\d\d +\d\d:\d\d:\d\d +\d+ (.+)$/;

async function* listed(input: AsyncIterable<Uint8Array>, place: string, base: string | undefined): AsyncGenerator<string> {
  for await (const line of linesOf(input, MOST_BYTES)) {
    const object = line.text === undefined ? undefined : OBJECT.exec(line.text)?.[1];
    // A bucket has folders and other files among its objects.
    if (object !== undefined && !isImage(object)) continue;
    if (object !== undefined && base === undefined) wrong(`${place}: line ${line.number}`, 'the path or URL of a photo', 'an object of a bucket', { hint: 'say by --base where it is: https://BUCKET.s3.REGION.amazonaws.com/, or a folder' });
    const { about: { id, path }, photo } = object === undefined ? readRequest(line) : { about: { id: undefined, path: object }, photo: object };
    if (photo instanceof Error) wrong(`${place}: line ${line.number}`, 'the path or URL of a photo', photo.message, { cause: photo });
    if (path === undefined) wrong(`${place}: line ${line.number}`, 'the path or URL of a photo', 'a photo itself', { hint: 'receptive pipe takes those' });
    yield lineOf(below(base, path), id);
  }
}

/** A name below a folder or an address; what has an address of its own keeps it. */
function below(base: string | undefined, name: string): string {
  if (base === undefined || isUrl(name)) return name;
  if (!isUrl(base)) return resolve(base, name);
  // A name may have characters that mean something else in an address.
  return new URL(name.split('/').map(encodeURIComponent).join('/'), base.endsWith('/') ? base : `${base}/`).href;
}

/** As it is written, where `readRequest` reads that as the same; else as an object. */
function lineOf(named: string, id?: string | number): string {
  const path = isUrl(named) ? named : resolve(named);
  return id === undefined && path === path.trim() && !/^\{|[\r\n]/.test(path) ? path : JSON.stringify({ id, path });
}
