/** Parts of different versions say which two have met. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type * as Library from '../../ts/entries/index.js';
import { VERSION } from '../../ts/base/version.js';
import { modified } from '../support/modified.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const library = (await import(pathToFileURL(join(root, 'dist/node/index.js')).href)) as typeof Library;
const OTHER = VERSION.replace(/^\d/, '9');
const folder = mkdtempSync(join(tmpdir(), 'receptive-version-'));
afterAll(() => rmSync(folder, { recursive: true }));

const caught = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => undefined, (error: unknown) => error);

async function loadSmall({ load, graph, input, relu }: typeof Library, options: Library.LoadOptions = {}): Promise<void> {
  const x = input([1, 4]);
  await using model = await load(graph({ x }, { y: relu()(x) }), { threads: 1, ...options });
  expect((await model.run(new Float32Array([-1, 1, -2, 2])))['y']?.data.join()).toBe('0,1,0,2');
}

it('the version is the same in package.json, in the crates and in the scripts', () => {
  expect((JSON.parse(read('package.json')) as { version: string }).version).toBe(VERSION);
  expect(/^version = "(.*)"$/m.exec(read('crates/Cargo.toml'))?.[1]).toBe(VERSION);
});

const otherVersion = (text: string): string => text.replace(new RegExp(`(VERSION = ["'])${VERSION}`), `$1${OTHER}`);

describe('the worker script', () => {
  it('of another version is refused by its own side', async () => {
    const error = await caught(loadSmall(await modified(folder, 'worker.js', otherVersion)));
    expect(error).toMatchObject({ code: 'worker', place: 'worker.js', expected: `version ${VERSION}, that of the script`, got: OTHER });
  });

  it('of a version that does not check is refused by the script', async () => {
    const unaware = (text: string): string => text.replace(/expectSameVersion\(request\.version, .*?\);/, '').replace(/version: (VERSION|"[^"]*"),?/, '');
    const error = await caught(loadSmall(await modified(folder, 'worker.js', unaware)));
    expect(error).toMatchObject({ code: 'worker', expected: `version ${VERSION}, that of the script`, got: 'one without a version' });
  });
});

describe('the module', () => {
  const bytes = (): Buffer => readFileSync(join(root, 'dist/wasm/simd.wasm'));
  const at = bytes().indexOf('receptive-version') + 'receptive-version'.length;

  it('of another version is refused before it starts', async () => {
    const other = bytes();
    other.write(OTHER, at, 'latin1');
    const error = await caught(loadSmall(library, { wasm: new Uint8Array(other) }));
    expect(error).toBeInstanceOf(library.WasmError);
    expect(error).toMatchObject({ expected: `version ${VERSION}, that of the script`, got: `version ${OTHER}` });
    expect((error as Error).message).toContain(`expected version ${VERSION}, that of the script, got version ${OTHER}`);
  });

  it('without a version is no module of this package', async () => {
    const empty = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
    expect(await caught(loadSmall(library, { wasm: empty }))).toMatchObject({ code: 'wasm', got: 'a module without a version' });
  });

  it('of this version runs', () => loadSmall(library, { wasm: new Uint8Array(bytes()) }));
});
