/** Whether workers can share memory is asked of the thing itself, not only of the page's isolation. */
import { afterEach, expect, it, vi } from 'vitest';
import { sharingObstacle } from '../../ts/worker/spawn.web.js';

afterEach(() => void vi.unstubAllGlobals());

function browser(globals: Readonly<Record<string, unknown>>): void {
  const all = { Worker: class {}, crossOriginIsolated: true, ...globals };
  vi.stubGlobal('self', all);
  for (const [name, value] of Object.entries(all)) vi.stubGlobal(name, value);
}

it.each([
  ['an isolated page', {}, undefined],
  ['a page that is not', { crossOriginIsolated: false }, /not cross-origin isolated.*Cross-Origin-Opener-Policy/],
  ['an isolated page of a browser without shared memory, as WebKitGTK', { SharedArrayBuffer: undefined }, /has no SharedArrayBuffer/],
  ['a worker that cannot start others', { Worker: undefined }, /workers cannot start workers/],
])('%s', (_, globals, reason) => {
  browser(globals);
  const obstacle = sharingObstacle();
  if (reason) expect(obstacle).toMatch(reason);
  else expect(obstacle).toBeUndefined();
});
