/** Which folder of ts/ may import which: one direction, so that each can be read knowing only those before it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../ts', import.meta.url));

/** Each imports only what stands before it. Files beside the folders are the last of these, but for the basics. */
const ORDER = [
  'basics', 'tensor', 'formats', 'fetch', 'image', 'graph', 'layers', 'models', 'passes', 'plan', 'engine', 'onnx', 'worker', 'pool', 'lessons',
  'entries', 'cli',
];

/** What every folder needs: errors, types of the platform, names of options. */
const BASICS = ['errors', 'error-table', 'globals', 'options', 'version'];

/**
 * Arrows that run back, and from how many files. No new one may come, and a number may only fall: ops and passes name codes of the
 * plan; what is fetched, read as an image or run as ONNX has parts in the engine that belong to none of its sessions.
 */
const DEBTS: Readonly<Record<string, number>> = {
  'basics -> tensor': 1, 'graph -> plan': 15, 'layers -> plan': 1, 'passes -> plan': 1, 'fetch -> engine': 3, 'image -> engine': 3, 'engine -> onnx': 1,
  'fetch -> entries': 1, 'image -> entries': 1, 'worker -> entries': 1, 'pool -> entries': 1,
};

function roomOf(file: string): string {
  const [first = '', second] = file.split('/');
  if (second !== undefined) return first;
  return BASICS.includes(first.replace(/\.ts$/, '')) ? 'basics' : 'entries';
}

/** By arrow, the files that draw it. */
function arrows(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const file of readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
    for (const [, path = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)\.js'/g)) {
      const target = relative(ROOT, join(ROOT, dirname(file), `${path}.ts`));
      const [from, to] = [roomOf(file), roomOf(target)];
      if (target.startsWith('..') || from === to) continue;
      const arrow = `${from} -> ${to}`;
      found.set(arrow, (found.get(arrow) ?? new Set()).add(file));
    }
  }
  return found;
}

test('every folder has its place', () => {
  const folders = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(folders.filter((name) => !ORDER.includes(name))).toEqual([]);
  expect(BASICS.filter((name) => !readdirSync(ROOT).includes(`${name}.ts`))).toEqual([]);
});

test('imports run in one direction, but for debts that only shrink', () => {
  const back = [...arrows()].filter(([arrow]) => {
    const [from, to] = arrow.split(' -> ').map((room) => ORDER.indexOf(room));
    return to! >= from!;
  });
  expect(Object.fromEntries(back.map(([arrow, files]) => [arrow, files.size]))).toEqual(DEBTS);
});
