import { readdirSync, readFileSync } from 'node:fs';
import { fileReason } from '../bytes/file-reason.node.js';
import { wrong } from '../base/wrong.js';

/** The bytes of a file. @param place - what names it: an argument or option. @throws ArgumentError naming it and the file */
export function readBytes(place: string, file: string): Buffer {
  return reading(place, file, 'a file', () => readFileSync(file));
}

/** The names in a folder. @throws ArgumentError as `readBytes` */
export function readFolder(place: string, folder: string): string[] {
  return reading(place, folder, 'a folder', () => readdirSync(folder));
}

function reading<Result>(place: string, path: string, what: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    const got = fileReason(cause);
    const [expected, hint] = [`${what} that can be read`, 'check the path'];
    wrong(`${place}: ${path}`, expected, got, { hint, cause });
  }
}
