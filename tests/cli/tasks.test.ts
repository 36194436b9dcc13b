/** The commands that say what is where, and of which class each pixel is, with the models of the repository. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { photoPath } from '../image/expected.js';
import { CLI, cli } from '../support/run-cli.js';
import { expectBoxes, expectedTasks, near } from '../tasks/expected-tasks.js';

const folder = mkdtempSync(join(tmpdir(), 'receptive-tasks-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [dog, astronaut] = [photoPath('dog.jpg'), photoPath('astronaut.png')];

interface Answer {
  readonly photo: string;
  readonly boxes: { left: number; top: number; width: number; height: number; score: number; label: string; index: number }[];
  readonly classes: { index: number; label: string; share: number; outlines?: { hole: boolean; points: number[] }[] }[];
}

const linesOf = (out: string): Answer[] => out.trim().split('\n').map((line) => JSON.parse(line) as Answer);

/** Writes to the standard input of a command line. */
async function fed(content: Uint8Array | string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.on('data', (data: Buffer) => void (out += data.toString()));
  child.stderr.on('data', (data: Buffer) => void (err += data.toString()));
  child.stdin.end(content);
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
}

describe('detect', () => {
  it('answers six photos as ONNX Runtime does, one line of JSON each, from a folder too', async () => {
    const photos = join(folder, 'photos');
    mkdirSync(photos);
    for (const name of Object.keys(expectedTasks.nanodet)) copyFileSync(photoPath(name), join(photos, name));
    const { code, out, err } = await cli('detect', photos, '--json', '--exact');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const answers = linesOf(out);
    expect(answers.map(({ photo }) => basename(photo))).toEqual(Object.keys(expectedTasks.nanodet));
    for (const { photo, boxes } of answers) expectBoxes(basename(photo), boxes);
  });

  it('prints a table, and draws on a copy of the photo', async () => {
    const to = join(folder, 'boxes.png');
    const { code, out, err } = await cli('detect', dog, '-o', to);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/dog\.jpg\n +left +top +size\n +0\.6\d +bicycle +10[678] +12[678] +46\d x 29\d\n +0\.4\d +dog /);
    const [drawn, photo] = [await sharp(to).raw().toBuffer({ resolveWithObject: true }), await sharp(dog).metadata()];
    expect([drawn.info.width, drawn.info.height]).toEqual([photo.width, photo.height]);
    // The left edge of the bicycle's box, in the colour of its class.
    expect([...drawn.data.subarray((300 * drawn.info.width + 108) * 3, (300 * drawn.info.width + 108) * 3 + 3)]).toEqual([0, 128, 0]);
  });

  it('keeps to what is asked for', async () => {
    const { out } = await cli('detect', dog, '--json', '--score', '0.4', '--max', '1', '--classes', 'dog,7', '--iou', '0.9');
    const [answer] = linesOf(out);
    expect(answer?.boxes.map(({ label }) => label)).toEqual(['dog']);
    const none = await cli('detect', dog, '--classes', 'zebra');
    expect(none.out).toMatch(/nothing/);
  });

  it('names a photo that fails, answers the others, and draws into a folder', async () => {
    const to = `${join(folder, 'drawn')}/`;
    const { code, out, err } = await cli('detect', 'no-such.jpg', dog, join(folder, 'none-*.jpg'), photoPath('eagle.jpg'), '--json', '-o', to);
    expect(code).toBe(1);
    expect(err).toMatch(/^error: no-such\.jpg: the image cannot be read \(no such file\)\nerror: .*none-\*\.jpg: expected a pattern that fits a file.*\n$/);
    expect(linesOf(out).map(({ photo }) => basename(photo))).toEqual(['dog.jpg', 'eagle.jpg']);
    expect(readdirSync(to)).toEqual(['dog.png', 'eagle.png']);
  });

  it('takes frames and lines of paths by the standard input', async () => {
    const small = await sharp(astronaut).png().toBuffer();
    const frames = await fed(Buffer.concat([readFileSync(dog), small]), 'detect', '-', '--json', '--exact');
    expect({ code: frames.code, err: frames.err }).toEqual({ code: 0, err: '' });
    const answers = linesOf(frames.out);
    expect(answers.map(({ photo }) => photo)).toEqual(['frame 1', 'frame 2']);
    expectBoxes('dog.jpg', answers[0]?.boxes ?? []);
    expectBoxes('astronaut.png', answers[1]?.boxes ?? []);
    const paths = await fed(`${dog}\nmissing.png\n`, 'detect', '-', '--json');
    expect({ code: paths.code, photos: linesOf(paths.out).map(({ photo }) => photo) }).toEqual({ code: 1, photos: [dog] });
    expect(paths.err).toMatch(/missing\.png/);
  });

  it('says that nothing came by the standard input', async () => {
    const { code, out, err } = await fed('', 'detect', '-');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/standard input: expected frames .*, got nothing/);
  });

  it('writes over no photo, and nothing where it cannot write', async () => {
    const own = join(folder, 'own.png');
    copyFileSync(astronaut, own);
    const over = await cli('detect', own, '-o', own);
    expect({ code: over.code, same: readFileSync(own).equals(readFileSync(astronaut)) }).toEqual({ code: 1, same: true });
    expect(over.err).toMatch(/other than those that are read/);
    const nowhere = await cli('detect', dog, '-o', join(folder, 'no', 'such.png'));
    expect(nowhere).toMatchObject({ code: 1, out: '' });
    expect(nowhere.err).toMatch(/the image cannot be written \(no such file or directory\)/);
    expect(existsSync(join(folder, 'no'))).toBe(false);
  });

  it.each([
    ['a classifier', ['--model', 'squeezenet1_1'], 1, /no known form of detectors fits|made for/],
    ['a segmenter', ['--model', 'selfie'], 1, /made for segmentation/],
    ['a model that is not there', ['--model', 'no.onnx'], 1, /no\.onnx: expected a file that is there, or a net with weights: lenet5, squeezenet1_1, nanodet, selfie, got neither/],
    ['a picture of another format', ['-o', join(folder, 'boxes.gif')], 1, /boxes\.gif: expected a file that ends in \.png, .*, got \.gif/],
    ['a score over 1', ['--score', '2'], 2, /from 0 to 1/],
    ['a class that is not there', ['--classes', 'unicorn'], 1, /classes: expected names or indexes/],
  ])('%s: refused', async (_, args, code, message) => {
    const answer = await cli('detect', dog, ...args);
    expect(answer.code).toBe(code);
    expect(answer.err).toMatch(message);
  });
});

describe('segment', () => {
  it('says shares of classes, and writes mask and overlay', async () => {
    const [to, mask] = [join(folder, 'overlay.png'), join(folder, 'mask.png')];
    const { code, out, err } = await cli('segment', astronaut, '-o', to, '--mask', mask, '--json', '--outlines', '--exact');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [answer] = linesOf(out);
    const person = answer?.classes.find(({ label }) => label === 'person');
    near(person?.share ?? NaN, expectedTasks.selfie['astronaut.png']!.share_over_half, 0.01, 'share');
    const classes = await sharp(mask).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    expect([classes.info.width, classes.info.height, classes.info.channels]).toEqual([512, 512, 1]);
    expect(classes.data.reduce((sum, value) => sum + value, 0) / classes.data.length).toBe(person?.share);
    const [photo, tinted] = [await sharp(astronaut).raw().toBuffer(), await sharp(to).raw().toBuffer()];
    const same = Array.from(classes.data).filter((value, i) => value === 0 && photo[3 * i + 1] === tinted[3 * i + 1]).length;
    expect(same).toBe(Array.from(classes.data).filter((value) => value === 0).length);
    const points = person?.outlines?.flatMap((line) => line.points) ?? [];
    expect(points.length).toBeGreaterThan(100);
    expect(Math.max(...points)).toBe(512);
  });

  it('cuts people out with --soft, of a folder', async () => {
    const photos = join(folder, 'people');
    mkdirSync(photos);
    copyFileSync(astronaut, join(photos, 'a.png'));
    const to = `${join(folder, 'cut')}/`;
    const { code, out } = await cli('segment', photos, '-o', to, '--mask', `${join(folder, 'mattes')}/`, '--soft', '--threshold', '0.4', '--resize', 'after');
    expect(code).toBe(0);
    expect(out).toMatch(/a\.png\n +5\d\.\d\d % {2}person\n +4\d\.\d\d % {2}background\n +\(/);
    const [cut, matte] = [await sharp(join(to, 'a.png')).raw().toBuffer({ resolveWithObject: true }), await sharp(join(folder, 'mattes', 'a.png')).toColourspace('b-w').raw().toBuffer()];
    expect(cut.info.channels).toBe(4);
    expect([...matte.keys()].every((i) => cut.data[4 * i + 3] === matte[i])).toBe(true);
    expect(new Set(matte).size).toBeGreaterThan(50);
  });

  it.each([
    ['a detector', [dog, '--model', 'nanodet'], 1, /made for detection/],
    ['a mask that is no PNG', [dog, '--mask', 'mask.jpg'], 1, /expected a \.png file/],
    ['a cut-out without transparency', [dog, '--soft', '-o', join(folder, 'soft.jpg')], 1, /ends in \.png, \.webp, got \.jpg/],
    ['a mask over the overlay', [dog, '-o', join(folder, 'same.png'), '--mask', join(folder, 'same.png')], 1, /another place than that of --output/],
    ['a resize that is none', [dog, '--resize', 'never'], 2, /Allowed choices are before, after/],
  ])('%s: refused', async (_, args, code, message) => {
    const answer = await cli('segment', ...args);
    expect(answer.code).toBe(code);
    expect(answer.err).toMatch(message);
  });
});

describe('convert', () => {
  it('writes a task that is told as JSON, and refuses one that has no meaning', async () => {
    const selfie = join(folder, 'own.safetensors');
    const source = 'examples/assets/selfie.safetensors';
    const args = [source, '-o', selfie, '--task', '{"kind":"segment","scores":"sigmoid"}'];
    expect(await cli('convert', ...args)).toMatchObject({ code: 0 });
    expect(readFileSync(selfie).includes(String.raw`\"task\":{\"kind\":\"segment\",\"scores\":\"sigmoid\"}`)).toBe(true);
    const wrong = await cli('convert', source, '-o', join(folder, 'x.safetensors'), '--task', '{"kind":"segment","scores":"softmax"}');
    expect(wrong).toMatchObject({ code: 1, out: '' });
    expect(wrong.err).toMatch(/task\.scores: expected sigmoid or none/);
    expect(existsSync(join(folder, 'x.safetensors'))).toBe(false);
  });

  it.each([
    ['squeezenet1_1', '{"kind":"detect"}', /--task: expected outputs of a detector, got .* \[1, 1000\]; no head fits/],
    ['squeezenet1_1', 'detection', /--task: expected outputs of a detector/],
    ['nanodet', '{"kind":"detect","head":"yolov8"}', /--task: expected outputs of the form yolov8, which /],
  ])('refuses %s as %s, whose outputs nothing reads', async (name, told, message) => {
    const to = join(folder, 'never.safetensors');
    const { code, err } = await cli('convert', `examples/assets/${name}.safetensors`, '-o', to, '--task', told);
    expect({ code, there: existsSync(to) }).toEqual({ code: 1, there: false });
    expect(err).toMatch(message);
  });

  it('takes a detector as one', async () => {
    const args = ['examples/assets/nanodet.safetensors', '-o', join(folder, 'detector.safetensors'), '--task', '{"kind":"detect","head":"nanodet"}'];
    expect(await cli('convert', ...args)).toMatchObject({ code: 0, err: '' });
  });
});
