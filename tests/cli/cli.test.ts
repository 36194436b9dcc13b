import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { expected, photoPath } from '../image/expected.js';
import { CLI, cli } from '../support/run-cli.js';

const folder = mkdtempSync(join(tmpdir(), 'receptive-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function jsonOf<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await cli(...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as T;
}

const dog = photoPath('dog.jpg');

describe('usage', () => {
  it.each(['classify', 'filter', 'compare', 'summary', 'bench', 'run', 'inspect', 'verify', 'convert'])('%s --help names the common options', async (name) => {
    const { code, out, err } = await cli(name, '--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const option of ['--json', '--threads', '--variant', '--help']) expect(out).toContain(option);
  });

  const wrong: [string, string[], RegExp][] = [
    ['no command', [], /Usage: receptive/],
    ['an unknown command', ['fly'], /unknown command 'fly'/],
    ['an unknown option', ['classify', dog, '--fast'], /unknown option '--fast'/],
    ['no photo', ['classify'], /missing required argument 'photo'/],
    ['a thread count of 0', ['classify', dog, '--threads', '0'], /whole number of at least 1/],
    ['an unknown variant', ['classify', dog, '--variant', 'avx'], /Allowed choices are auto, scalar, simd, relaxed/],
    ['an unknown preset', ['classify', dog, '--preset', 'torch'], /Allowed choices are imagenet/],
    ['a preset twice', ['classify', dog, '--preset', 'tf', '--preprocess', 'tf'], /cannot be used with/],
    ['a number of classes twice', ['classify', dog, '--top', '2', '--top-k', '3'], /cannot be used with/],
    ['a kernel that is none', ['filter', dog, '--kernel', '[[1,2]]', '-o', 'x.png'], /square matrix/],
    ['no output file', ['filter', dog, '--kernel', 'blur'], /--output/],
    ['an output file of a format that is not written', ['filter', dog, '--kernel', 'blur', '-o', 'x.gif'], /ends in \.png, \.jpg, \.jpeg, \.webp/],
    ['no number of pixels', ['classify', dog, '--max-pixels', '-1'], /whole number of at least 1/],
    ['an impossible input', ['compare', '--input', '3'], /height x width x channels/],
    ['a size that is none', ['compare', '--size', '56x'], /height x width/],
    ['a size twice', ['compare', '--size', '56', '--input', '3x3x3'], /cannot be used with/],
    ['a negative padding', ['compare', '--pad', '-1'], /whole number of at least 0/],
    ['no runs', ['compare', '--runs', '0'], /whole number of at least 1/],
  ];
  it.each(wrong)('%s: exit code 2, on stderr', async (_, args, message) => {
    const { code, out, err } = await cli(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  it('is shown after a command that was used wrongly', async () => {
    const { err } = await cli('detect');
    expect(err.split('\n').map((line) => line.trim())).toEqual(["error: missing required argument 'photo'", 'usage: receptive detect [options] <photo...>', 'receptive detect --help says more', '']);
  });
});

describe('classify', () => {
  it('prints five labels with probabilities, the variant and three times', async () => {
    const { code, out, err } = await cli('classify', dog);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.match(/^ +\d+\.\d\d % {2}\S.*$/gm)).toHaveLength(5);
    expect(out).toMatch(/3[12]\.\d\d % {2}dogsled/);
    expect(out).toMatch(/\((scalar|simd|relaxed): decode [\d.]+ ms, preprocessing [\d.]+ ms, run [\d.]+ ms\)/);
  });

  it('has the names of the library for its options, and short ones', async () => {
    interface Told { readonly photos: readonly { readonly top: readonly { readonly probability: number }[] }[] }
    const topOf = async (...args: string[]) => (JSON.parse((await cli('classify', dog, '--threads', '1', '--json', ...args)).out) as Told).photos[0]?.top;
    const [usual, long, short] = [await topOf('--top-k', '2'), await topOf('--top-k', '2', '--preprocess', 'tf'), await topOf('--top', '2', '--preset', 'tf')];
    expect(long).toHaveLength(2);
    expect(short).toEqual(long);
    expect(long?.[0]?.probability).not.toBe(usual?.[0]?.probability);
    expect(await topOf('--top-k', '2', '--preprocess', '{"preset":"tf"}')).toEqual(long);
  });

  it('goes on after a photo that fails, and exits 1', async () => {
    const { code, out, err } = await cli('classify', 'no-such.jpg', dog, '--top', '2', '--threads', '4', '--variant', 'scalar');
    expect(code).toBe(1);
    expect(err).toMatch(/error: no-such\.jpg: the image cannot be read \(no such file/);
    expect(err).toMatch(/one thread/);
    expect(out.match(/ % {2}/g)).toHaveLength(2);
  });

  it('decodes every pixel with --exact', async () => {
    const large = join(folder, 'large.jpg');
    await sharp(dog).resize(3200, 3200, { fit: 'fill' }).jpeg().toFile(large);
    type Report = { photos: { top: { probability: number }[] }[] };
    const [some, all] = [await jsonOf<Report>('classify', large), await jsonOf<Report>('classify', large, '--exact')];
    expect(all.photos[0]?.top[0]?.probability).not.toBe(some.photos[0]?.top[0]?.probability);
  });

  it('takes labels from a file, a forced variant, and a model file', async () => {
    const labels = join(folder, 'labels.txt');
    writeFileSync(labels, Array.from({ length: 1000 }, (_, i) => `name ${i}`).join('\n'));
    const model = fileURLToPath(new URL('../../examples/assets/squeezenet1_1.safetensors', import.meta.url));
    const args = ['classify', dog, '--labels', labels, '--variant', 'scalar', '--model', model];
    const { variant, photos } = await jsonOf<{ variant: string; photos: { top: { label: string }[] }[] }>(...args);
    expect(variant).toBe('scalar');
    expect(photos[0]?.top[0]?.label).toBe(`name ${expected.squeezenet1_1['dog.jpg']?.top5[0]?.[0]}`);
  });

  it('takes labels by index, as model hubs have them, and what the scores are', async () => {
    const labels = join(folder, 'config.json');
    const names = Array.from({ length: 1000 }, (_, i) => [i, `name ${i}`] as const);
    writeFileSync(labels, JSON.stringify({ model_type: 'net', id2label: Object.fromEntries(names) }, null, 2));
    const args = ['classify', dog, '--labels', labels, '--scores', 'sigmoid'];
    const { photos } = await jsonOf<{ photos: { scores: string; top: { label: string; probability: number }[] }[] }>(...args);
    expect(photos[0]).toMatchObject({ scores: 'sigmoid', top: [{ label: `name ${expected.squeezenet1_1['dog.jpg']?.top5[0]?.[0]}` }, {}, {}, {}, {}] });
    expect(photos[0]?.top[0]?.probability).toBeGreaterThan(0.99);
  });

  it('says what is wrong with labels, naming file and entry', async () => {
    const labels = join(folder, 'holes.json');
    writeFileSync(labels, '{"0": "ant", "2": "cat"}');
    const { code, out, err } = await cli('classify', dog, '--labels', labels);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(`--labels: ${labels}: expected the indexes 0 to 1, got 2 names, but none of index 1`);
  });

  const failing: [string, string[], RegExp][] = [
    ['a net without weights', ['classify', dog, '--model', 'resnet18'], /a net with weights: lenet5, squeezenet1_1, .*got resnet18, whose trained weights are not here; for resnet18 convert weights .*receptive convert resnet18 --weights/],
    ['a model that is not there', ['classify', dog, '--model', 'no/such.safetensors'], /expected a file that is there, or a net with weights: lenet5, squeezenet1_1/],
    ['a model that is none', ['classify', dog, '--model', dog], /dog\.jpg/],
    ['labels that are not there', ['classify', dog, '--labels', 'no-such.txt'], /--labels: no-such\.txt: expected a file that can be read, got no such file/],
    ['a photo that is none', ['classify', CLI], /expected an image, got/],
  ];
  it.each(failing)('%s: exit code 1, on stderr', async (_, args, message) => {
    const { code, out, err } = await cli(...args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
  });
});

describe('filter', () => {
  it('convolves each colour with the kernel, the edge repeated', async () => {
    const [width, height] = [5, 4];
    const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 37) % 256);
    const from = join(folder, 'in.png');
    const to = join(folder, 'out.png');
    await sharp(pixels, { raw: { width, height, channels: 3 } }).png().toFile(from);
    const report = await jsonOf<{ width: number; variant: string }>('filter', from, '--kernel', '[[0,1,0],[2,-3,1],[0,0,1]]', '-o', to);
    expect(report.width).toBe(width);
    const got = await sharp(readFileSync(to)).raw().toBuffer();
    const at = (y: number, x: number, c: number): number =>
      pixels[(Math.min(Math.max(y, 0), height - 1) * width + Math.min(Math.max(x, 0), width - 1)) * 3 + c]!;
    const want = Array.from(pixels, (_, i) => {
      const [y, x, c] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width, i % 3];
      const sum = at(y - 1, x, c) + 2 * at(y, x - 1, c) - 3 * at(y, x, c) + at(y, x + 1, c) + at(y + 1, x + 1, c);
      return Math.min(255, Math.max(0, sum));
    });
    expect(Array.from(got)).toEqual(want);
  });

  it('gives the same in bands as whole: every one of them, and where they meet', async () => {
    const [width, height] = [1500, 700];
    const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i * 31 + i) % 253);
    const from = join(folder, 'tall.png');
    const to = join(folder, 'tall-out.png');
    await sharp(pixels, { raw: { width, height, channels: 3 } }).png({ compressionLevel: 1 }).toFile(from);
    const kernel = [[0, 0, 0, 0, 1], [0, 0, 0, 0, 0], [0, 0, -1, 0, 0], [0, 0, 0, 0, 0], [0.5, 0, 0, 0, 0]];
    await jsonOf('filter', from, '--kernel', JSON.stringify(kernel), '-o', to);
    const got = await sharp(readFileSync(to)).raw().toBuffer();
    const near = (at: number, size: number): number => Math.min(Math.max(at, 0), size - 1);
    const at = (y: number, x: number, c: number): number => pixels[(near(y, height) * width + near(x, width)) * 3 + c]!;
    const want = new Uint8ClampedArray(pixels.length);
    for (let i = 0; i < want.length; i++) {
      const [y, x, c] = [Math.floor(i / 3 / width), Math.floor(i / 3) % width, i % 3];
      want[i] = at(y - 2, x + 2, c) - at(y, x, c) + 0.5 * at(y + 2, x - 2, c);
    }
    expect(got.equals(Buffer.from(want.buffer))).toBe(true);
  });

  it.each(['png', 'jpg', 'jpeg', 'webp'])('writes what the extension says: %s', async (extension) => {
    const to = join(folder, `dog.${extension.toUpperCase()}`);
    await jsonOf('filter', dog, '--kernel', 'blur', '-o', to);
    expect((await sharp(to).metadata()).format).toBe(extension.replace('jpg', 'jpeg'));
  });

  it.each(['classify', 'filter', 'compare'])('%s refuses more pixels than --max-pixels', async (name) => {
    const rest = { classify: [dog], filter: [dog, '--kernel', 'blur', '-o', join(folder, 'x.png')], compare: ['--photo', dog] }[name] ?? [];
    const { code, out, err } = await cli(name, ...rest, '--max-pixels', '1000');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/expected at most 1000 pixels, got/);
  });

  it('does not write over the photo that it reads', async () => {
    const photo = join(folder, 'own.jpg');
    copyFileSync(dog, photo);
    const { code, err } = await cli('filter', photo, '--kernel', 'edge', '-o', join(folder, 'no', '..', '..', basename(folder), 'own.jpg'));
    expect({ code, same: readFileSync(photo).equals(readFileSync(dog)) }).toEqual({ code: 1, same: true });
    expect(err).toMatch(/expected a file other than those that are read/);
  });

  it('says where it could not write', async () => {
    const { code, err } = await cli('filter', dog, '--kernel', 'edge', '-o', join(folder, 'no', 'such', 'out.png'));
    expect(code).toBe(1);
    expect(err).toMatch(/the image cannot be written/);
  });
});

describe('compare', () => {
  interface Report {
    readonly input: number[];
    readonly im2colBytes: number;
    readonly macs: number;
    readonly results: { algorithm: string; ms: number; gflops: number; speedup: number; difference: number }[];
    readonly padding: number;
    readonly lessons: { name: string; ms: number; ratio?: number; gflops: number; effective: boolean; difference: number }[];
  }

  const LESSONS = ['naive', 'im2col', 'blocked', 'register tile', 'packed + SIMD'];

  it('runs four algorithms on the same work and finds them to agree', async () => {
    const report = await jsonOf<Report>('compare', '--input', '14x13x8', '--out', '6', '--stride', '2');
    expect(report.input).toEqual([1, 8, 14, 13]);
    expect(report.im2colBytes).toBe(7 * 7 * 8 * 9 * 4);
    expect(report.macs).toBe(7 * 7 * 8 * 9 * 6);
    expect(report.results.map(({ algorithm }) => algorithm)).toEqual(['naive', 'im2col', 'blocked', 'packed']);
    for (const { ms, gflops, speedup, difference } of report.results) {
      for (const number of [ms, gflops, speedup]) expect(number).toBeGreaterThan(0);
      if (!(difference <= 1e-5)) throw new Error(`${difference} apart`);
    }
  });

  it('compares with Winograd where that is possible', async () => {
    const { results } = await jsonOf<Report>('compare', '--input', '14x13x8', '--out', '6');
    expect(results.map(({ algorithm }) => algorithm)).toEqual(['naive', 'im2col', 'blocked', 'packed', 'winograd']);
    for (const { difference } of results) {
      if (!(difference <= 1e-5)) throw new Error(`${difference} apart`);
    }
  });

  it('runs the lessons in order and the product last, and finds them to agree', async () => {
    const { padding, lessons } = await jsonOf<Report>('compare', '--channels', '5', '--size', '14x13', '--out', '6', '--runs', '2');
    expect(padding).toBe(1);
    expect(lessons.map(({ name }) => name)).toEqual([...LESSONS, 'Winograd F(2,3)', expect.stringMatching(/^receptive, auto: \w/)]);
    expect(lessons.map(({ effective }) => effective).slice(0, 6)).toEqual([false, false, false, false, false, true]);
    for (const [i, { ms, ratio, gflops, difference }] of lessons.entries()) {
      for (const number of [ms, gflops]) expect(number).toBeGreaterThan(0);
      const before = lessons[i - 1]?.ms;
      if (before === undefined) expect(ratio).toBeUndefined();
      else expect(ratio).toBeCloseTo(before / ms);
      if (!(difference <= 1e-5)) throw new Error(`${difference} apart`);
    }
  });

  it('leaves Winograd out where it cannot compute the shape', async () => {
    const { input, padding, lessons } = await jsonOf<Report>('compare', '--channels', '3', '--size', '9', '--out', '2', '--kernel', '4', '--stride', '3', '--pad', '0', '--runs', '1');
    expect([input, padding]).toEqual([[1, 3, 9, 9], 0]);
    expect(lessons.map(({ name }) => name).slice(0, -1)).toEqual(LESSONS);
    for (const { difference } of lessons) {
      if (!(difference <= 1e-5)) throw new Error(`${difference} apart`);
    }
  });

  it('prints a table of them', async () => {
    const { code, out, err } = await cli('compare', '--channels', '2', '--size', '8', '--out', '2', '--runs', '1');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^8x8x2 input, 2 kernels of 3x3, stride 1, padding 1: /);
    expect(out).toMatch(/^lesson \(crates\/lessons\) +ms +GFLOP\/s +ratio to the one before +largest difference$/m);
    expect(out).toMatch(/^5 Winograd F\(2,3\) .* effective/m);
  });

  const impossible: [string, string[], RegExp][] = [
    ['a kernel that does not fit', ['--size', '3', '--kernel', '9', '--pad', '0'], /expected a kernel that spans at most 3, the padded input, got 9/],
    ['more than memory holds', ['--channels', '300000000'], /input: expected at most 2\^28 elements/],
    ['kernels without end', ['--out', '300000000'], /kernels: expected at most 2\^28 elements/],
    ['channels that no photo has', ['--photo', dog, '--channels', '4'], /--channels: expected the 3 channels of a photo, got 4/],
  ];
  it.each(impossible)('%s: exit code 1, on stderr', async (_, args, message) => {
    const { code, out, err } = await cli('compare', ...args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it('takes a photo as the input', async () => {
    const report = await jsonOf<Report>('compare', '--photo', dog, '--input', '20x30x3', '--out', '4');
    expect(report.input).toEqual([1, 3, 20, 30]);
  });
});

describe('summary and bench', () => {
  it('lists the layers of a net by name', async () => {
    const { code, out } = await cli('summary', 'lenet5');
    expect(code).toBe(0);
    expect(out).toMatch(/61,706 parameters/);
    expect(out).toMatch(/^layer +type +output +parameters +mult-adds +field +jump +algorithm$/m);
  });

  it('lists the layers of a file', async () => {
    const file = fileURLToPath(new URL('../../examples/assets/squeezenet1_1.safetensors', import.meta.url));
    const { params } = await jsonOf<{ params: number }>('summary', file);
    expect(params).toBe(1_235_496);
  });

  it('times a net, whole and by layer', async () => {
    interface Report {
      readonly iterations: number;
      readonly ms: { median: number; min: number; quartiles: number[] };
      readonly profile: { steps: { layer: string; ms: number }[] };
    }
    const report = await jsonOf<Report>('bench', 'lenet5', '--iterations', '4');
    expect(report.iterations).toBe(4);
    expect(report.ms.median).toBeGreaterThanOrEqual(report.ms.min);
    expect(report.ms.min).toBeGreaterThan(0);
    expect(report.profile.steps.length).toBeGreaterThan(4);
  });

  it('says what it knows when asked for what it does not', async () => {
    const { code, err } = await cli('summary', 'lenet6');
    expect(code).toBe(1);
    expect(err).toMatch(/lenet6: expected a file that is there, or one of the nets: .*lenet5/);
  });
});

it('ends quietly where nobody reads what it says any more', async () => {
  const child = spawn(process.execPath, [CLI, 'summary', 'lenet5'], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said += String(piece)));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect([code, said]).toEqual([141, '']);
});
