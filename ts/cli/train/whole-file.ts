import { closeSync, existsSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileReason } from '../../bytes/file-reason.node.js';
import { failed, wrong } from '../../base/wrong.js';

/**
 * Makes sure, before hours of work, that a file can be written here; what a process left that was killed while it wrote is removed.
 * @throws ArgumentError for a folder that is not there, and for what is no file
 */
export function expectPlace(file: string): void {
  const [there, folder] = [statSync(file, { throwIfNoEntry: false }), statSync(dirname(file), { throwIfNoEntry: false })];
  if (there && !there.isFile()) wrong(file, 'a file, or nothing yet', there.isDirectory() ? 'a folder' : 'something else', { hint: 'name another file' });
  if (!folder?.isDirectory()) wrong(file, 'a folder that is there', dirname(file), { hint: 'make it first' });
  for (const name of readdirSync(dirname(file))) {
    const writer = name.startsWith(`${basename(file)}.`) ? /^\.(\d+)\.part$/.exec(name.slice(basename(file).length))?.[1] : undefined;
    if (writer !== undefined && !isAlive(Number(writer))) rmSync(join(dirname(file), name), { force: true });
  }
}

/**
 * Writes a file whole or not at all: at every moment, whatever ends the process or the machine, the file is absent, or what it was, or
 * what it is to be.
 * @throws ArgumentError naming the file, which is then what it was
 */
export function writeWhole(file: string, bytes: Uint8Array): void {
  const part = `${file}.${process.pid}.part`;
  try {
    writeAndSync(part, bytes);
    renameSync(part, file);
    syncFolder(dirname(file));
  } catch (cause) {
    if (existsSync(part)) rmSync(part);
    const got = fileReason(cause, {});
    failed(file, 'cannot be written', got, { hint: 'it is as it was before', cause });
  }
}

function writeAndSync(file: string, bytes: Uint8Array): void {
  const handle = openSync(file, 'w');
  try {
    writeFileSync(handle, bytes);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** After this the new name outlives a power failure. Some systems open no folders: the file is whole there all the same. */
function syncFolder(folder: string): void {
  let handle: number | undefined;
  try {
    handle = openSync(folder, 'r');
    fsyncSync(handle);
  } catch {
    // See above.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

/** Whether there is such a process; one that may not be asked is alive. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
