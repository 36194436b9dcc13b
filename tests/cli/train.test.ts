/** `receptive train`: from files of digits and photos to a model that `classify` takes. */
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { squeezenet1_1 } from 'receptive/assets';
import { afterAll, describe, expect, it } from 'vitest';
import { readSafetensors } from '../../ts/formats/safetensors.js';
import type { SafetensorsFile } from '../../ts/formats/safetensors.js';
import type { StoredTensor } from '../../ts/formats/stored.js';
import { widen } from '../../ts/formats/widen.js';
import { describeModel } from '../../ts/model/model-file.js';
import { count } from '../../ts/tensor/shape.js';
import { seededRandom } from '../../ts/train/data/random.js';
import { idx, patterns, writeIdx, writePattern, writePhotos } from '../support/patterns.js';
import { CLI, cli, startCli } from '../support/run-cli.js';

const top = mkdtempSync(join(tmpdir(), 'receptive-train-'));
afterAll(() => rmSync(top, { recursive: true }));
const file = (name: string): string => join(top, name);
const DIGITS = writeIdx(file('digits'), patterns(120), patterns(40, 10, 2));
/** Batches of an epoch. */
const BATCHES = 5;
const LENET = ['train', 'lenet5', '--data', DIGITS, '--batch', '24'];

interface Judged {
  readonly loss: number;
  readonly accuracy: number;
  readonly examples: number;
  readonly confusion?: number[][];
}

interface Line {
  readonly kind: 'epoch' | 'result';
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number;
  readonly steps: number;
  readonly classes: string[];
  readonly stopped?: string;
  readonly validation?: Judged;
}

const linesOf = (out: string): Line[] => out.trim().split('\n').map((line) => JSON.parse(line) as Line);

/** Trains and gives the lines of JSON. */
async function train(...args: string[]): Promise<Line[]> {
  const { code, out, err } = await cli(...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return linesOf(out);
}

const open = (name: string): SafetensorsFile => readSafetensors(readFileSync(name), name);

/** Updates of the training that a file was saved in. */
const updatesOf = (name: string): number => (JSON.parse(open(name).metadata.get('receptive.training')!) as { updates: number }).updates;

/** The bytes of every tensor, the optimiser's state among them. */
const bitsOf = (name: string): [string, string][] => [...open(name).tensors.values()].map((stored) => [stored.name, Buffer.from(stored.bytes).toString('base64')] as [string, string]).sort();

async function refused(args: readonly string[], code = 1): Promise<string> {
  const answer = await cli(...args);
  expect({ code: answer.code, out: answer.out }).toEqual({ code, out: '' });
  expect(answer.err).not.toMatch(/\n\s+at /);
  return answer.err;
}

describe('the whole line', () => {
  const model = file('whole.safetensors');

  it('learns, says how well after each epoch, and writes a file that classify takes', async () => {
    const lines = await train(...LENET, '--epochs', '12', '-o', model);
    expect(lines.map(({ kind, epoch }) => [kind, epoch])).toEqual([...Array.from({ length: 12 }, (_, i) => ['epoch', i + 1]), ['result', undefined]]);
    const { validation, steps, classes } = lines.at(-1)!;
    expect({ steps, classes, examples: validation?.examples }).toEqual({ steps: 12 * BATCHES, classes: [...'0123456789'], examples: 40 });
    expect(validation?.accuracy).toBeGreaterThan(0.9);
    expect(validation?.confusion?.map((row) => row.reduce((sum, value) => sum + value, 0))).toEqual(Array(10).fill(4));
    expect(lines[11]?.validation).toEqual({ loss: validation?.loss, accuracy: validation?.accuracy, examples: 40 });
    const picture = await writePattern(file('seven.png'), patterns(10, 10, 3), 7);
    const { out } = await cli('classify', picture, '--model', model, '--json');
    expect((JSON.parse(out) as { photos: { top: { label: string }[] }[] }).photos[0]?.top[0]?.label).toBe('7');
  });

  it('prints a table of what was taken for what, and writes nothing to stderr that is no terminal', async () => {
    const { code, out, err } = await cli('train', '--resume', model, '--data', DIGITS);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^lenet5: 61,706 parameters; 120 examples of 10 classes, 40 more to judge by/);
    expect(out).toMatch(/^is \\ said +0 +1 .* right$/m);
    expect(out).toMatch(/^ +9 +(\d+ +){10}\d+\.\d %$/m);
    expect(out).toMatch(/^\d+\.\d % of 40 examples right$/m);
  });

  it('leaves out what only training needs when the file is converted', async () => {
    const small = file('small.safetensors');
    expect((await cli('convert', model, '-o', small)).code).toBe(0);
    const names = open(small).tensors;
    expect([...names.keys()].sort()).toEqual(describeModel(open(model), model).graph.params.map(({ name }) => name).sort());
    for (const [name, stored] of names) expect(Buffer.from(stored.bytes).equals(Buffer.from(open(model).get(name).bytes))).toBe(true);
  });

  it('reads a table, and names classes as the table does', async () => {
    const { pixels, labels } = patterns(30, 3);
    const rows = Array.from(labels, (label, i) => [['ant', 'bee', 'cat'][label], ...pixels.subarray(i * 784, (i + 1) * 784)].join(','));
    writeFileSync(file('table.csv'), `${rows.join('\n')}\n`);
    const lines = await train('train', 'lenet5', '--data', file('table.csv'), '--epochs', '1', '--validation', '6', '-o', file('table.safetensors'));
    expect(lines.at(-1)).toMatchObject({ classes: ['ant', 'bee', 'cat'], validation: { examples: 6 } });
    expect(describeModel(open(file('table.safetensors')), '')).toMatchObject({ labels: ['ant', 'bee', 'cat'], task: { kind: 'classify' }, preprocess: { size: [28, 28] } });
  });

  it('leaves out a last batch of one example, of which a batch normalisation may learn nothing', async () => {
    const [one, two] = [17, 59];
    const stepsOf = async (batch: number): Promise<number | undefined> =>
      (await train('train', 'lenet5', '--data', DIGITS, '--batch', String(batch), '--epochs', '1', '--validation', '0', '-o', file(`last-${batch}.safetensors`))).at(-1)?.steps;
    expect([await stepsOf(one), await stepsOf(two)]).toEqual([7, 3]);
  });

  it('judges by nothing with --validation 0, and changes digits with --augment', async () => {
    const plain = await train(...LENET, '--epochs', '1', '--validation', '0', '-o', file('plain.safetensors'));
    const changed = await train(...LENET, '--epochs', '1', '--validation', '0', '--augment', '-o', file('changed.safetensors'));
    expect([plain, changed].map((lines) => [lines.length, lines.at(-1)?.validation])).toEqual([[2, undefined], [2, undefined]]);
    expect(bitsOf(file('changed.safetensors'))).not.toEqual(bitsOf(file('plain.safetensors')));
  });
});

describe('transfer', () => {
  const COLOURS = { blue: [20, 40, 230], red: [230, 40, 20] } as const;
  /** Parameters that are not those of another file. */
  const changed = (name: string, before: SafetensorsFile): string[] => {
    const numbers = (stored: StoredTensor): Float32Array => widen(stored, 0, count(stored.shape));
    const params = [...open(name).tensors.values()].filter((stored) => !stored.name.startsWith('optimizer '));
    return params.filter((stored) => String(numbers(stored)) !== String(numbers(before.get(stored.name)))).map((stored) => stored.name).sort();
  };

  it('makes the last layer anew for a folder of photos, and leaves the others as they are', async () => {
    const photos = await writePhotos(file('photos'), COLOURS, 6);
    const model = file('colours.safetensors');
    const lines = await train('train', '--model', 'squeezenet1_1', '--data', photos, '--epochs', '6', '--lr', '0.01', '--validation', '4', '-o', model);
    expect(lines.at(-1)).toMatchObject({ classes: ['blue', 'red'], validation: { accuracy: 1, examples: 4 } });
    expect([...open(model).tensors.keys()].filter((name) => name.startsWith('optimizer '))).toEqual(['optimizer classifier.1.bias', 'optimizer classifier.1.weight']);
    expect(changed(model, readSafetensors(readFileSync(new URL(squeezenet1_1))))).toEqual(['classifier.1.bias', 'classifier.1.weight']);
    const { out } = await cli('classify', join(photos, 'red', '0.png'), '--model', model, '--top', '1', '--json');
    expect((JSON.parse(out) as { photos: { top: { label: string }[] }[] }).photos[0]?.top[0]?.label).toBe('red');
  });

  it('goes on with all layers of a file of its own with --all, and keeps a last layer that knows the classes', async () => {
    const first = file('first.safetensors');
    await train(...LENET, '--epochs', '1', '-o', first);
    const common = ['train', '--model', first, '--data', DIGITS, '--batch', '24', '--epochs', '1'];
    await train(...common, '-o', file('head.safetensors'));
    await train(...common, '--all', '-o', file('all.safetensors'));
    expect(changed(file('head.safetensors'), open(first))).toEqual(['fc3.bias', 'fc3.weight']);
    expect(changed(file('all.safetensors'), open(first))).toHaveLength(10);
  });

  it('judges by the folder val, where there are train and val', async () => {
    const folder = file('parts');
    await writePhotos(join(folder, 'train'), COLOURS, 3, 28);
    await writePhotos(join(folder, 'val'), COLOURS, 2, 28);
    const lines = await train('train', 'lenet5', '--data', folder, '--epochs', '1', '-o', file('parts.safetensors'));
    expect(lines.at(-1)).toMatchObject({ classes: ['blue', 'red'], validation: { examples: 4 } });
  });
});

describe('going on', () => {
  const AUGMENTED = [...LENET, '--augment', '{"shift":2,"rotate":10}', '--seed', '5'];

  it('gives the bits of a training that never stopped', async () => {
    const [whole, parts] = [file('four.safetensors'), file('parts4.safetensors')];
    await train(...AUGMENTED, '--epochs', '4', '-o', whole);
    await train(...AUGMENTED, '--epochs', '1', '-o', parts);
    const lines = await train('train', '--resume', parts, '--data', DIGITS, '--epochs', '4');
    expect(lines.map(({ kind, epoch, epochs }) => [kind, epoch, epochs])).toEqual([['epoch', 2, 4], ['epoch', 3, 4], ['epoch', 4, 4], ['result', undefined, 4]]);
    expect(bitsOf(parts)).toEqual(bitsOf(whole));
  });

  it('Ctrl-C saves where it is, ends with 130, and what goes on has the bits of what never stopped', async () => {
    const [whole, stopped] = [file('whole-run.safetensors'), file('stopped.safetensors')];
    const { child, firstLine, ended } = startCli(...AUGMENTED, '--epochs', '100000', '--json', '-o', stopped);
    await firstLine;
    child.kill('SIGINT');
    const { code, out, err } = await ended;
    expect({ code, err: err.replace(/[\d,]+ updates/, 'N updates') }).toEqual({ code: 130, err: `stopped after N updates; --resume ${stopped} goes on\n` });
    const { steps, stopped: signal } = linesOf(out).at(-1)!;
    expect({ signal, steps: updatesOf(stopped) }).toEqual({ signal: 'SIGINT', steps });
    const epochs = String(Math.floor(steps / BATCHES) + 1);
    await train('train', '--resume', stopped, '--data', DIGITS, '--epochs', epochs);
    await train(...AUGMENTED, '--epochs', epochs, '-o', whole);
    expect(bitsOf(stopped)).toEqual(bitsOf(whole));
  });

  it('after kill -9 at any moment the file is absent or whole, and training goes on from it', async () => {
    const model = file('killed.safetensors');
    let updates = 0;
    for (const [i, moment] of seededRandom(11).uniforms(0, 0, 10).entries()) {
      const how = existsSync(model) ? ['--resume', model] : ['lenet5', '--batch', '24', '--epochs', '100000', '-o', model];
      const { child, firstLine, ended } = startCli('train', '--data', DIGITS, ...how, '--save-every', '1', '--json');
      // Two die while they begin, the others while they learn and write.
      if (i % 5 > 0) await firstLine;
      await new Promise((resolve) => setTimeout(resolve, 100 * moment));
      child.kill('SIGKILL');
      const { code, out } = await ended;
      expect(code).toBe(-1);
      if (!existsSync(model)) expect(out).toBe('');
      else {
        expect(describeModel(open(model), model).graph.params).toHaveLength(10);
        // A line ends an epoch.
        expect(updatesOf(model)).toBeGreaterThanOrEqual(out === '' ? updates : Math.max(1, Math.ceil(updates / BATCHES)) * BATCHES);
        updates = updatesOf(model);
      }
    }
    const epochs = String(Math.floor(updates / BATCHES) + 1);
    expect((await train('train', '--resume', model, '--data', DIGITS, '--epochs', epochs)).at(-1)?.steps).toBe(BATCHES * Number(epochs));
    // What the killed ones had begun to write is gone.
    expect(readdirSync(top).filter((name) => name.startsWith('killed'))).toEqual([basename(model)]);
  });
});

describe('bad input', () => {
  const folder = (name: string): string => {
    mkdirSync(file(name), { recursive: true });
    return file(name);
  };
  const out = ['-o', file('never.safetensors')];
  const on = (data: string, ...more: string[]): string[] => ['train', 'lenet5', '--data', data, ...out, ...more];
  const without5 = (): string => {
    const { pixels, labels } = patterns(40);
    return writeIdx(folder('without-5'), { pixels, labels: labels.map((label) => (label === 5 ? 6 : label)) });
  };
  const shortened = (): string => {
    const data = writeIdx(folder('short'), patterns(20));
    const images = join(data, 'train-images-idx3-ubyte');
    writeFileSync(images, readFileSync(images).subarray(0, 5000));
    return data;
  };
  const large = (): string => {
    const data = folder('large');
    writeFileSync(join(data, 'train-images-idx3-ubyte'), idx(new Uint8Array(4 * 32 * 32), [4, 32, 32]));
    writeFileSync(join(data, 'train-labels-idx1-ubyte'), idx(Uint8Array.of(0, 1, 0, 1), [4]));
    return data;
  };
  const one = async (): Promise<string> => dirname(await writePhotos(join(folder('one'), 'cat'), { cats: [1, 2, 3] }, 1));
  const empty = async (): Promise<string> => {
    const data = await writePhotos(folder('empty-class'), { cat: [1, 2, 3] }, 2);
    mkdirSync(join(data, 'dog'), { recursive: true });
    return data;
  };

  const failing: [string, () => string[] | Promise<string[]>, RegExp][] = [
    ['no such folder', () => on(file('nowhere')), /--data: expected a folder or a table, got no such file: .*nowhere; check the path/],
    ['a folder without folders', () => on(folder('bare')), /expected a folder for each class, got a folder without folders/],
    ['a class that is missing', () => on(without5()), /--data: expected examples of each of the 10 classes, got none of class 5 among 40/],
    ['a class without photos', async () => on(await empty()), /dog: expected photos of the class, got none/],
    ['one class alone', async () => on(await one()), /expected at least two classes, got cat; there is nothing to tell apart/],
    ['an IDX file that ends too early', () => on(shortened()), /--data: .*short \(train-images-idx3-ubyte, train-labels-idx1-ubyte\.gz\): images: expected 15696 bytes for \[20, 28, 28\], got a file that ends too early, after 5000/],
    ['images of another size', () => on(large()), /--data: expected images \[1, 28, 28\], got \[1, 32, 32\]/],
    ['an unknown network', () => ['train', 'lenet6', '--data', DIGITS, ...out], /lenet6: expected one of the nets alexnet, .*, got lenet6/],
    ['no network', () => ['train', '--data', DIGITS, ...out], /train: expected the name of a network, --model or --resume, got none/],
    ['two networks', () => [...on(DIGITS), '--model', 'squeezenet1_1'], /--model: expected no network by name beside it, got lenet5/],
    ['a network that is no classifier', () => ['train', 'unet', '--data', DIGITS, ...out], /unet: expected a classifier, with scores \[N, 2\], got \[\?, 2, \?, \?\]/],
    ['digits for a network of photos', () => ['train', 'resnet18', '--data', DIGITS, ...out], /--data: .*digits \(.*\): images: expected images \[3, \?, \?\], got \[1, 28, 28\]/],
    ['a net by name without its weights', () => ['train', '--model', 'resnet18', '--data', DIGITS, ...out], /--weights: expected a safetensors file with the weights of resnet18/],
    ['a file to resume that is none', () => ['train', '--resume', CLI, '--data', DIGITS], /--resume: .*cli\.js: expected a header/],
    ['a model to resume that was not trained here', () => ['train', '--resume', fileURLToPath(squeezenet1_1), '--data', DIGITS, ...out], /expected a file that receptive train wrote, got another; --model takes/],
    ['a size that the network does not take', () => on(DIGITS, '--size', '32'), /--size: expected 28x28, got 32x32/],
    ['an augmentation that there is not', () => on(DIGITS, '--augment', '{"shfit":2}'), /augment: expected an option it has, got shfit; did you mean shift\?/],
    ['a folder to write into that is not there', () => ['train', 'lenet5', '--data', DIGITS, '-o', file('no/such/x.safetensors')], /expected a folder that is there, got .*no\/such; make it first/],
    ['a folder as the file to be written', () => ['train', 'lenet5', '--data', DIGITS, '-o', top], /expected a file, or nothing yet, got a folder/],
  ];
  it.each(failing)('%s: exit code 1, on stderr, and nothing written', async (_, args, message) => {
    expect(await refused(await args())).toMatch(message);
    expect(existsSync(out[1]!)).toBe(false);
  });

  const wrong: [string, string[], RegExp][] = [
    ['an unknown option', ['--fast'], /unknown option '--fast'/],
    ['an unknown optimiser', ['--optimizer', 'lion'], /Allowed choices are adamw, adam, sgd, rmsprop/],
    ['no epochs', ['--epochs', '0'], /whole number of at least 1/],
    ['a learning rate that is none', ['--lr', '0'], /number above 0/],
    ['a part that is none', ['--validation', '1.5'], /part from 0 to below 1, or a number/],
    ['an augmentation that is no JSON', ['--augment', 'much'], /object as JSON/],
    ['a network to begin with beside one to go on with', ['--model', 'a', '--resume', 'b'], /cannot be used with option '--resume/],
  ];
  it.each(wrong)('%s: exit code 2', async (_, args, message) => {
    expect(await refused(on(DIGITS, ...args), 2)).toMatch(message);
  });

  it('refuses to go on with another network, other data, other settings, and leaves the file as it is', async () => {
    const model = file('mine.safetensors');
    await train(...LENET, '--epochs', '1', '-o', model);
    const before = readFileSync(model);
    const few = writeIdx(folder('few'), patterns(60), patterns(40));
    const cases: [string[], RegExp][] = [
      [['resnet18', '--data', DIGITS], /--resume: .*mine\.safetensors: expected resnet18, got another network/],
      [['--data', few], /--data: expected the 120 examples that .*mine\.safetensors learned from, got 60/],
      [['--data', writeIdx(folder('three'), patterns(60, 3))], /--data: expected the classes of .*, 0, 1, 2, 3, 4, 5, 6, 7 and 2 more, got 0, 1, 2;/],
      [['--data', DIGITS, '--batch', '32'], /--batch: expected 24, as .*mine\.safetensors was trained, got 32; leave it out to go on/],
    ];
    for (const [args, message] of cases) expect(await refused(['train', ...args, '--resume', model])).toMatch(message);
    expect(await refused([...LENET, '-o', model])).toMatch(/mine\.safetensors: expected nothing there yet, got a file; --resume .* goes on with it, --force begins anew/);
    expect(readFileSync(model).equals(before)).toBe(true);
  });

  it('says what to do where the package was built without training', async () => {
    const built = folder('least');
    mkdirSync(join(built, 'node'));
    copyFileSync(CLI, join(built, 'cli.mjs'));
    const library = join(dirname(CLI), 'node');
    for (const name of readdirSync(library).filter((each) => each !== 'train-inline.js')) symlinkSync(join(library, name), join(built, 'node', name));
    const { code, err } = await new Promise<{ code: number; err: string }>((resolve) => {
      const child = execFile(process.execPath, [join(built, 'cli.mjs'), ...on(DIGITS)], (_, __, err) => resolve({ code: child.exitCode ?? -1, err }));
    });
    expect({ code, err }).toEqual({ code: 1, err: 'error: train: expected a build with training, got one without; run npm run build\n' });
  });
});
