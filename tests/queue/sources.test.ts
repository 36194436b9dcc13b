/** Lists of photos, as folders and buckets have them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { namedBy } from '../../ts/cli/backlog/sources.js';

const folder = mkdtempSync(join(tmpdir(), 'receptive-lists-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function named(lines: readonly string[], base?: string): Promise<string[]> {
  const list = join(folder, 'list.txt');
  writeFileSync(list, lines.join('\n'));
  const found: string[] = [];
  for await (const line of namedBy([list], base)) found.push(line);
  return found;
}

const BUCKET = 'https://photos.s3.eu-west-1.amazonaws.com';
const OBJECTS = [
  '2026-01-31 10:00:00          0 2026/',
  '2026-01-31 10:00:01     163759 2026/a dog.jpg',
  '2026-01-31 10:00:02       1024 2026/index.html',
  '2026-01-31 10:00:03 1234567890 2026/50%?#ü.PNG',
];

it('has objects of a bucket that are photos, below the address that is given', async () => {
  const expected = ['2026/a%20dog.jpg', '2026/50%25%3F%23%C3%BC.PNG'].map((name) => `${BUCKET}/${name}`);
  expect(await named(OBJECTS, BUCKET)).toEqual(expected);
  expect(await named(OBJECTS, `${BUCKET}/`)).toEqual(expected);
  expect(await named(OBJECTS.slice(1, 2), `${BUCKET}/below`)).toEqual([`${BUCKET}/below/2026/a%20dog.jpg`]);
});

it('has them below a folder, too', async () => {
  expect(await named(OBJECTS, folder)).toEqual([join(folder, '2026/a dog.jpg'), join(folder, '2026/50%?#ü.PNG')]);
});

it('does not guess where a bucket is', async () => {
  await expect(named(OBJECTS)).rejects.toThrow(/line 2: expected the path or URL of a photo, got an object of a bucket; say by --base where it is/);
});

it('says that a bucket has no photos', async () => {
  await expect(named(OBJECTS.slice(0, 1), BUCKET)).rejects.toThrow(/list\.txt: expected photos, got none/);
});

it('has names of other lists below the same, with their ids, and leaves addresses as they are', async () => {
  const lines = ['a.jpg', JSON.stringify({ id: 7, path: 'b/c.jpg' }), 'https://elsewhere.test/d.jpg'];
  expect(await named(lines, BUCKET)).toEqual([`${BUCKET}/a.jpg`, JSON.stringify({ id: 7, path: `${BUCKET}/b/c.jpg` }), 'https://elsewhere.test/d.jpg']);
  expect(await named(lines)).toEqual([resolve('a.jpg'), JSON.stringify({ id: 7, path: resolve('b/c.jpg') }), 'https://elsewhere.test/d.jpg']);
});
