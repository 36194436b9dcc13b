/** Models on the command line: those that ship, and files of our own form. */
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as library from 'receptive';
import { lenet5, squeezenet1_1 } from 'receptive/assets';
import * as inline from 'receptive/inline';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { modelBytes } from '../onnx/build.js';
import { cli, cliIn } from '../support/run-cli.js';

const top = mkdtempSync(join(tmpdir(), 'receptive-models-'));
afterAll(() => rmSync(top, { recursive: true }));
const SHIPPED = readFileSync(new URL(squeezenet1_1));
const FILE = 'squeezenet1_1.safetensors';

it('--version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
  expect(await cli('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

describe('model', () => {
  let folder = '';
  beforeEach(() => void (folder = mkdtempSync(join(top, 'model-'))));
  const model = (...args: string[]) => cliIn(folder, 'model', ...args);

  it('alone lists what ships', async () => {
    expect((await model()).out).toMatch(/^model +file\nlenet5 +file:.*lenet5\.safetensors\nsqueezenet1_1 +file:.*squeezenet1_1\.safetensors\n\nThe other nets have no weights here: .*receptive convert NAME/);
    expect(JSON.parse((await model('--json')).out)).toEqual([{ name: 'lenet5', url: lenet5 }, { name: 'squeezenet1_1', url: squeezenet1_1 }]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says of a net without weights how to get them', async () => {
    const { code, err } = await model('resnet18');
    expect(code).toBe(1);
    expect(err).toMatch(/a model that ships, lenet5 or squeezenet1_1, got resnet18, .*receptive convert resnet18 --weights/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('copies it into a folder, which is made, and says what it wrote', async () => {
    expect(await model('squeezenet1_1', '-o', 'public/models/')).toEqual({ code: 0, out: `public/models/${FILE}: 2.5 MB\n`, err: '' });
    expect(readFileSync(join(folder, 'public/models', FILE)).equals(SHIPPED)).toBe(true);
    expect(readdirSync(join(folder, 'public/models'))).toEqual([FILE]);
    expect(JSON.parse((await model('squeezenet1_1', '-o', 'net.safetensors', '--json')).out)).toEqual({ model: 'squeezenet1_1', file: 'net.safetensors', bytes: SHIPPED.length });
    expect((await model('squeezenet1_1')).out).toBe(`${FILE}: 2.5 MB\n`);
  });

  it('writes over nothing without --force', async () => {
    const there = join(folder, FILE);
    writeFileSync(there, 'mine');
    const { code, out, err } = await model('squeezenet1_1');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toBe(`error: ${FILE}: expected nothing there yet, got a file; give --force to write over it\n`);
    expect(readFileSync(there, 'utf8')).toBe('mine');
    expect((await model('squeezenet1_1', '--force')).code).toBe(0);
    expect(readFileSync(there).equals(SHIPPED)).toBe(true);
  });

  it('follows no link to what it replaces', async () => {
    writeFileSync(join(folder, 'other'), 'mine');
    symlinkSync('other', join(folder, FILE));
    expect((await model('squeezenet1_1')).code).toBe(1);
    expect((await model('squeezenet1_1', '--force')).code).toBe(0);
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('mine');
    expect(lstatSync(join(folder, FILE)).isFile()).toBe(true);
  });

  it('makes no folder elsewhere, but writes into one', async () => {
    const beside = join(top, 'beside');
    symlinkSync('..', join(folder, 'up'));
    for (const out of ['../beside', join(beside, 'deep'), 'up/beside']) {
      const { code, err } = await model('squeezenet1_1', '-o', out);
      expect(code).toBe(1);
      expect(err).toMatch(/expected a folder that is there, got none; outside of the current folder none is made/);
    }
    expect(existsSync(beside)).toBe(false);
    mkdirSync(beside);
    expect((await model('squeezenet1_1', '-o', '../beside')).out).toBe(`../beside/${FILE}: 2.5 MB\n`);
    expect(existsSync(join(beside, FILE))).toBe(true);
  });

  const wrong: [string, string[], RegExp][] = [
    ['another name', ['squeezenet'], /model: expected a model that ships, got squeezenet; did you mean squeezenet1_1\?/],
    ['an inherited name', ['constructor'], /model: expected a model that ships, got constructor; there are lenet5, squeezenet1_1/],
    ['a path', [`../${FILE}`], /expected a model that ships/],
    ['a folder in place of the file', ['squeezenet1_1', '-o', 'taken'], /taken\/squeezenet1_1\.safetensors: expected a file, or nothing yet, got a folder/],
    ['a file in place of the folder', ['squeezenet1_1', '-o', 'taken/file/below'], /expected a folder, got .*taken\/file, which is none/],
  ];
  it.each(wrong)('%s: exit code 1, on stderr', async (_, args, message) => {
    mkdirSync(join(folder, 'taken', FILE), { recursive: true });
    writeFileSync(join(folder, 'taken', 'file'), '');
    const { code, out, err } = await model(...args, '--force');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
  });
});

describe('convert', () => {
  const file = (name: string): string => join(top, name);
  const { models, saveModel, tensor, writeSafetensors } = library;
  const net = models.lenet5();
  const weights = net.params.map(({ name, shape }, p) => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 7 + p) % 19) / 32 - 0.25);
    return { name, shape, dtype: 'F32' as const, bytes: new Uint8Array(data.buffer) };
  });
  const named = Array.from({ length: 10 }, (_, i) => `digit ${i}`);
  const preprocess = { preset: 'unit' as const, size: 28 };
  writeFileSync(file('lenet5.safetensors'), writeSafetensors(weights));
  writeFileSync(file('digits.txt'), named.join('\n'));

  it('joins a net by name, weights, labels, preprocessing and task, as saveModel does', async () => {
    const args = ['--weights', file('lenet5.safetensors'), '--labels', file('digits.txt'), '--preprocess', JSON.stringify(preprocess), '--task', 'classification', '--scores', 'softmax'];
    const { code, err, out } = await cli('convert', 'lenet5', '-o', file('whole.safetensors'), ...args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/whole\.safetensors: 12 nodes, 2\d\d\.\d kB/);
    const want = saveModel({ graph: net, name: 'lenet5', weights, labels: named, preprocess, task: 'classification', scores: 'softmax' });
    expect(readFileSync(file('whole.safetensors')).equals(want)).toBe(true);
  });

  it('makes another of a file of its own, which keeps what it said', async () => {
    writeFileSync(file('own.safetensors'), saveModel({ graph: net, name: 'mine', weights, labels: named, preprocess }));
    expect((await cli('convert', file('own.safetensors'), '-o', file('half.safetensors'), '--dtype', 'f16', '--task', 'classification')).code).toBe(0);
    const want = saveModel({ graph: net, name: 'mine', weights, labels: named, preprocess, task: 'classification' }, 'f16');
    expect(readFileSync(file('half.safetensors')).equals(want)).toBe(true);
  });

  it('keeps the names of an ONNX file for its inner values', async () => {
    const onnx = modelBytes({
      inputs: { x: ['n', 1, 2, 2] }, outputs: ['y'], weights: { w: [[2, 1, 1, 1], [1, -1]] },
      nodes: [{ op: 'Conv', name: 'c', inputs: ['x', 'w'], outputs: ['inner'] }, { op: 'Relu', name: 'r', inputs: ['inner'], outputs: ['y'] }],
    });
    writeFileSync(file('small.onnx'), onnx);
    expect((await cli('convert', file('small.onnx'), '-o', file('small.safetensors'))).code).toBe(0);
    for (const source of [onnx, readFileSync(file('small.safetensors'))]) {
      using model = await inline.load(source, { outputs: ['inner'] });
      expect(model.run(tensor([1, -2, 3, -4], [1, 1, 2, 2]))['inner']?.data).toEqual(Float32Array.of(1, -2, 3, -4, -1, 2, -3, 4));
    }
  });

  const wrong: [string, string[], number, RegExp][] = [
    ['no weights', ['lenet5'], 1, /--weights: expected a safetensors file with the weights of lenet5, got none/],
    ['weights of another net', ['resnet18', '--weights', file('lenet5.safetensors')], 1, /weights do not fit the graph; missing/],
    ['weights for a file that has its own', [file('own.safetensors'), '--weights', file('lenet5.safetensors')], 1, /--weights: expected a net by name/],
    ['labels of another number', ['lenet5', '--weights', file('lenet5.safetensors'), '--labels', file('lenet5.safetensors')], 1, /--labels/],
    ['a task that is none', ['lenet5', '--task', 'guessing'], 2, /Expected classification, segmentation, detection, or an object as JSON/],
    ['a preset that is none', ['lenet5', '--weights', file('lenet5.safetensors'), '--preprocess', 'imagnet'], 1, /preprocess\.preset: expected imagenet/],
    ['JSON that is none', ['lenet5', '--preprocess', '{"size":'], 2, /Expected a preset, or an object as JSON/],
    ['a file that is not there', [file('no.onnx')], 1, /no\.onnx/],
  ];
  it.each(wrong)('%s: refused, nothing written', async (_, args, expectedCode, message) => {
    const { code, out, err } = await cli('convert', ...args, '-o', file('never.safetensors'));
    expect({ code, out }).toEqual({ code: expectedCode, out: '' });
    expect(err).toMatch(message);
    expect(existsSync(file('never.safetensors'))).toBe(false);
  });
});
