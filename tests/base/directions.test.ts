/** Which folder of ts/ may import which: one direction, so that each can be read knowing only those before it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../ts', import.meta.url));

/** Each imports only what stands before it. A folder within a folder may have a place of its own. */
const ORDER = [
  'base', 'contract', 'tensor', 'formats', 'bytes', 'image', 'metrics', 'datasets', 'graph', 'layers', 'onnx/form', 'ops', 'models', 'passes', 'program', 'wasm', 'session', 'onnx', 'tasks',
  'model', 'train', 'detection', 'scenes', 'worker', 'lessons', 'serve', 'queue', 'entries', 'cli',
];

function roomOf(file: string): string {
  const [outer = '', inner = ''] = file.split('/');
  return ORDER.includes(`${outer}/${inner}`) ? `${outer}/${inner}` : outer;
}

/** By arrow, the files that draw it. */
function arrows(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const file of readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))) {
    for (const [, path = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:from|import)[\s(]*['"](\.[^'"]+)\.js['"]/g)) {
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
  expect(readdirSync(ROOT).filter((name) => name.endsWith('.ts'))).toEqual([]);
});

test('the map of ts/README.md has the same folders in the same order', () => {
  const rows = readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n').filter((line) => line.startsWith('| `'));
  expect(rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name))).toEqual(ORDER);
});

test('imports run in one direction', () => {
  const back = [...arrows()].filter(([arrow]) => {
    const [from, to] = arrow.split(' -> ').map((room) => ORDER.indexOf(room));
    return to! >= from!;
  });
  expect(Object.fromEntries(back.map(([arrow, files]) => [arrow, [...files]]))).toEqual({});
});
