/**
 * The Python of README and guides: parsed, its calls held against what is installed, and run where PyTorch is. The environment variable
 * RECEPTIVE_PYTHON names a Python other than python3.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Library from '../../ts/entries/inline.js';
import { blocksOf, DOCUMENTS, ROOT } from './blocks.mjs';
import type { Block } from './blocks.mjs';

const { load } = (await import(new URL('../../dist/node/inline.js', import.meta.url).href)) as typeof Library;

const PYTHON = process.env['RECEPTIVE_PYTHON'] ?? 'python3';
const BLOCKS = DOCUMENTS.flatMap(blocksOf);
const PYTHON_BLOCKS = BLOCKS.filter(({ language }) => language === 'py');

/** What has to be installed for a Python to run code, or undefined if it does run. */
function lacks(code: string): string | undefined {
  const { error, status, stderr } = spawnSync(PYTHON, ['-c', code], { encoding: 'utf8' });
  if (error) return `there is no ${PYTHON}`;
  return status === 0 ? undefined : `${PYTHON}: ${stderr.trim().split('\n').at(-1)}`;
}

it('there are blocks of Python, and README has one', () => {
  expect(PYTHON_BLOCKS.map(({ document }) => document)).toContain('README.md');
});

it('they are parsed by Python, and their calls fit what is installed', ({ skip }) => {
  const missing = lacks('pass');
  skip(missing !== undefined, missing);
  const checked = (code: string): string => execFileSync(PYTHON, [`${ROOT}tests/guides/calls.py`], { input: code, encoding: 'utf8', stdio: 'pipe' });
  expect(checked("import shutil\nshutil.copyfile('a', 'b', follow_symlinks=False)\n")).toBe('');
  expect(checked("import no_such_module as n\nn.f(1)\n")).toBe('line 2: n.f: not checked, there is no module no_such_module\n');
  for (const wrong of ["import shutil\nshutil.copyfile('a', 'b', follow=False)", "import os\nos.path.jion('a')", "import os\nos.path.join()", 'import os\nos.path.(']) {
    expect(() => checked(wrong)).toThrow(/line 2|SyntaxError/);
  }
  for (const { code } of PYTHON_BLOCKS) checked(code);
});

describe('where PyTorch is installed', () => {
  const missing = lacks('import torch, torchvision, onnx, onnxscript');
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'receptive-python-'));
    mkdirSync(join(folder, 'node_modules'));
    mkdirSync(join(folder, 'public'));
    writeFileSync(join(folder, 'package.json'), '{}');
    symlinkSync(ROOT, join(folder, 'node_modules', 'receptive'), 'junction');
    copyFileSync(`${ROOT}examples/assets/photos/dog.jpg`, join(folder, 'public', 'photo.jpg'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const numbers = (name: string): Float32Array => new Float32Array(new Uint8Array(readFileSync(join(folder, name))).buffer);
  /** The block of JavaScript that follows one of Python in its document. */
  const follower = (block: Block): Block | undefined => BLOCKS.find(({ document, language, line }) => document === block.document && language === 'js' && line > block.line);

  const each = missing === undefined ? PYTHON_BLOCKS : [];
  it.each(each.map((block) => [`${block.document}:${block.line}`, block] as const))('%s writes a model that answers here as there', async (_, block) => {
    execFileSync(PYTHON, [`${ROOT}tests/guides/prepare.py`], { input: block.code, cwd: folder, stdio: 'pipe' });
    using model = await load(join(folder, 'model.onnx'));
    const [answer] = Object.values(model.run(numbers('x.bin')));
    const [got, want] = [answer?.data as Float32Array, numbers('y.bin')];
    expect(got.length).toBe(want.length);
    const scale = Math.max(...want.map(Math.abs));
    expect(scale).toBeGreaterThan(0);
    expect([...want].flatMap((value, i) => (Math.abs(value - got[i]!) <= 1e-4 * scale ? [] : [i]))).toEqual([]);
    const next = follower(block);
    if (!next?.code.includes('model.onnx')) return;
    const file = join(folder, 'block.mjs');
    writeFileSync(file, next.code);
    const { status, stdout, stderr } = spawnSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.match(/probability: 0\.\d+/g)).toHaveLength(5);
  });

  if (missing !== undefined) it('is not here', ({ skip }) => skip(missing));
});
