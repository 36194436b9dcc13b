import { existsSync, realpathSync } from 'node:fs';
import { wrong } from '../base/wrong.js';

/** @throws ArgumentError where a file would be written over one that is read: what it holds would be lost */
export function expectOtherFile(out: string, read: readonly (string | undefined)[]): void {
  const same = read.find((file) => file !== undefined && existsSync(file) && existsSync(out) && realpathSync(file) === realpathSync(out));
  if (same === undefined) return;
  const hint = 'name another file';
  wrong(out, 'a file other than those that are read', same, { hint });
}
