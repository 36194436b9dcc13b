import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { halfToFloatBits } from '../../ts/formats/widen.js';
import { photoPath } from '../image/expected.js';
import { modelBytes } from '../onnx/build.js';
import { launchChromium, openPage, WITHOUT_BROWSER } from '../support/chromium.js';

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const run = promisify(execFile);

/** What each script has to print, line by line or somewhere in it. */
const PRINTS: Readonly<Record<string, readonly RegExp[]>> = {
  '01-convolve-by-hand.mjs': [/^181 204 227\n195 203 166\n179 206 150\nthe same as by hand\n$/],
  '02-classify-node.mjs': [/^ *[89]\d\.\d % {2}espresso$/m, /^(simd|relaxed) kernels: decode [\d.]+ ms, run [\d.]+ ms$/m],
  '04-worker-pool.mjs': [
    /^chelsea.png +Egyptian cat\ncoffee.png +espresso\ndog.jpg +dogsled/m,
    /^12 photos in \d+ ms by 2 workers$/m,
    /^a burst of 19: 14 answered, 5 refused$/m,
  ],
  '05-onnx.mjs': [/^takes input_1: float32 \[\?, \?, \?, 3\]$/m, /^a face, 99\.\d %: 85 pixels wide, 171 from the left, 71 from the top$/m],
  '06-layers-lenet.mjs': [/^61706 parameters, 416520 multiply-adds$/m, /^logits \[ 2, 10 \]/m],
  '07-residual.mjs': [/^conv1 +Conv2d /m, /^y \[ 1, 8, 16, 16 \] from 0\.000 to 1\.0\d\d$/m],
  '08-naive-vs-im2col.mjs': [/^naive .* GFLOP\/s {3}difference 0\.0e\+0$/m, /^packed .* difference [1-9]\.\de-[67]$/m],
};

/** Training in its quick form: arguments, what has to be printed, and what the numbers in it have to say. */
const LEARNS: Readonly<Record<string, { readonly args: readonly string[]; readonly prints: readonly RegExp[]; readonly holds: (numbers: readonly number[][]) => boolean }>> = {
  '10-train-lenet.mjs': {
    args: ['--epochs', '3', '--examples', '3000', '--tests', '500', '--augment'],
    prints: [/^500 digits never seen: (\d\d\.\d\d) % right, loss 0\.\d{4}; \d+ s of CPU, (?:simd|relaxed)$/m, /^0 {3} +(\d+)(?: +[\d.]+){9}\n(?:\d(?: +[\d.]+){10}\n){9}$/m],
    holds: ([[right = 0] = [], [zeros = 0] = []]) => right > 85 && zeros > 30,
  },
  '11-vanishing-gradients.mjs': {
    args: ['--depths', '20', '--steps', '30', '--examples', '48'],
    prints: [
      /^20 +(?:\d\.\de[+-]\d+ +#+ *){4}$/m,
      /^first layer, plain to skips: (\d\.\de-\d+);/m,
      /^plain +0\.41 +(0\.\d\d) +2\.\d+ +(\d\.\d+)$/m,
      /^skips +1\.00 +(\d\.\d\d) +2\.\d+ +(\d\.\d+)$/m,
      /^BatchNorm +1\.21 +(\d\.\d\d) +2\.\d+ +(\d\.\d+)$/m,
    ],
    holds: ([, [part = 1] = [], [plain = 0, stays = 0] = [], [skips = 0, learned = 9] = [], [norms = 0] = []]) =>
      part < 1e-6 && Math.abs(plain - Math.sqrt(1 / 6)) < 0.05 && stays > 2.2 && skips > 0.9 && learned < stays - 0.15 && norms > 1,
  },
  '12-shuffled-pixels.mjs': {
    args: ['--epochs', '2', '--examples', '6000', '--tests', '1000'],
    prints: [/in place .* % +(\d+\.\d\d) %\n.*shuffled .* % +(\d+\.\d\d) %\nconv.*in place .* % +(\d+\.\d\d) %\n.*shuffled .* % +(\d+\.\d\d) %$/m],
    holds: ([[connected = 0, connectedShuffled = 0, convolved = 0, convolvedShuffled = 0] = []]) =>
      Math.abs(connected - connectedShuffled) < 3 && convolved - convolvedShuffled > 5,
  },
  '13-transfer.mjs': {
    args: ['--epochs', '5'],
    prints: [/^cat, coffee, dog: 36 photos to learn from, 36 to judge by$/m, /epoch 5: loss [\d.]+, (\d+\.\d) %[\s\S]*epoch 5: loss [\d.]+, (\d+\.\d) %/],
    holds: ([, [transfer = 0, nothing = 0] = []]) => transfer > 70 && transfer - nothing > 15,
  },
  '14-learned-kernels.mjs': {
    args: ['--epochs', '1', '--examples', '6000', '--tests', '500'],
    prints: [/^kernels before\n(?:(?:[=.+# -]{1,84})\n){5}epoch 1: loss/m, /^kernels after\n(?:(?:[=.+# -]{1,84})\n){5}(\d+) of 500 digits are misread; the first\na \d read as \d/m],
    holds: ([, [misread = 500] = []]) => misread < 100,
  },
  '15-digit-scenes.mjs': {
    args: ['classify', '--size', '64', '--steps', '250', '--tests', '200', '--every', '50'],
    prints: [/^lenet5: 117256 parameters, (?:simd|relaxed) kernels, \d+ threads$/m, /^step 250 of 250: loss (\d\.\d{4})$/m, /^\{"accuracy":(0\.\d+),"digits":\d+,"accuracyAlone":[01][.\d]*,"alone":\d+,"scenes":200\}$/m],
    holds: ([, [loss = 9] = [], [right = 0] = []]) => loss < 1 && right > 0.6,
  },
  '16-tiny-yolo.mjs': {
    args: ['--steps', '50', '--every', '50', '--tests', '20'],
    prints: [/^step 50 of 50: loss (\d+\.\d{3}) \(0\.\d+, 0\.\d+, 0\.\d+\), [\d.]+ scenes a second$/m, /^20 test scenes: mAP50 (0\.\d{4}), mAP (0\.\d{4}); of 20 codes (\d+\.\d\d) % read whole$/m],
    holds: ([[loss = 99] = [], [ap50 = 9, ap = 9] = []]) => loss < 30 && ap <= ap50,
  },
  '18-tiny-faster-rcnn.mjs': {
    args: ['--steps', '50', '--every', '50', '--tests', '20'],
    prints: [/^step 50 of 50: loss (\d+\.\d{3}) \(0\.\d+, 0\.\d+, \d\.\d+, \d\.\d+\), [\d.]+ scenes a second$/m, /^20 test scenes: mAP50 (0\.\d{4}), mAP (0\.\d{4})$/m],
    holds: ([[loss = 99] = [], [ap50 = 9, ap = 9] = []]) => loss < 4 && ap <= ap50,
  },
};

const SERVICE = '09-service.mjs';
const FACES = '17-faces.mjs';
const TEXT = '19-text-boxes.mjs';
const ONE_LOOK = '20-blazeface.mjs';

describe('examples', () => {
  it('are all here', () => {
    const scripts = readdirSync(root('examples')).filter((name) => name.endsWith('.mjs'));
    expect(scripts).toEqual([...Object.keys(PRINTS), SERVICE, ...Object.keys(LEARNS), FACES, TEXT, ONE_LOOK].sort());
    for (const name of scripts) expect(readFileSync(root(`examples/${name}`), 'utf8')).toContain(`//     node examples/${name}`);
  });

  it.each(Object.entries(PRINTS))('%s', async (name, patterns) => {
    const { stdout, stderr } = await run(process.execPath, [root(`examples/${name}`)], { timeout: 120_000 });
    expect(stderr).toBe('');
    for (const pattern of patterns) expect(stdout).toMatch(pattern);
  });
});

describe('examples of training', () => {
  it.each(Object.entries(LEARNS))('%s', async (name, { args, prints, holds }) => {
    const { stdout, stderr } = await run(process.execPath, [root(`examples/${name}`), ...args], { timeout: 240_000 });
    expect(stderr).toBe('');
    const numbers = prints.map((pattern) => {
      expect(stdout).toMatch(pattern);
      return (pattern.exec(stdout) ?? []).slice(1).map(Number);
    });
    expect(holds(numbers), stdout).toBe(true);
  }, 250_000);

  it('10-train-lenet.mjs writes a file that the command line classifies with', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'receptive-lenet-'));
    try {
      const file = join(folder, 'lenet5.safetensors');
      await run(process.execPath, [root('examples/10-train-lenet.mjs'), '--epochs', '2', '--examples', '3000', '--tests', '100', '--out', file, '--dtype', 'f16'], { timeout: 120_000 });
      const { stdout } = await run(process.execPath, [root('dist/cli.js'), 'classify', root('examples/assets/digits/seven.png'), '--model', file], { timeout: 120_000 });
      expect(stdout).toMatch(/^ +\d+\.\d\d % {2}7$/m);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 250_000);
});

describe('15-digit-scenes.mjs', () => {
  it('teaches a U-Net, whose file says how it came about, and goes on from a checkpoint', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'receptive-scenes-'));
    try {
      const [file, checkpoint] = [join(folder, 'unet.safetensors'), join(folder, 'checkpoint')];
      const teach = (steps: string) => run(process.execPath, [root('examples/15-digit-scenes.mjs'), 'segment', '--size', '64', '--steps', steps, '--tests', '4', '--every', '4', '--resume', checkpoint, '--out', file], { timeout: 240_000 });
      expect((await teach('4')).stdout).toMatch(/^step 4 of 4: loss \d\.\d{4}$/m);
      const { stdout } = await teach('8');
      expect(stdout).toMatch(/^unet: 177611 parameters, .*\nstep 8 of 8: loss \d\.\d{4}\n\{"meanIou":\d\.\d+,"iou":\{"0":.*"background":0\.\d+\},"scenes":4\}\n$/);
      const bytes = readFileSync(file);
      expect(bytes.length).toBeLessThan(400_000);
      const { __metadata__: told } = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString()) as { __metadata__: Record<string, string> };
      expect(told).toMatchObject({ seed: '1', command: 'node examples/15-digit-scenes.mjs segment --steps 8 --batch 8 --lr 0.004 --seed 1 --size 64', result: expect.stringMatching(/^\{"meanIou":/) as string });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 600_000);
});

describe(FACES, () => {
  const photos = ['astronaut.png', 'person.jpg', 'coffee.png'];
  const found = JSON.parse(readFileSync(root('tests/entries/faces/expected.json'), 'utf8')) as Readonly<Record<string, readonly { score: number; box: number[]; points: number[][] }[]>>;

  it('finds the faces that ONNX Runtime finds by the same cascade, to half a pixel', async () => {
    const { stdout, stderr } = await run(process.execPath, [root(`examples/${FACES}`), ...photos.map(photoPath)], { timeout: 240_000 });
    expect(stderr).toBe('');
    const want = photos.map((name) => found[name] ?? []);
    expect([...stdout.matchAll(/^\S+: .* faces: (\d+)$/gm)].map(([, count]) => Number(count))).toEqual(want.map(({ length }) => length));
    expect(want.flat().length).toBeGreaterThan(0);
    const rows = [...stdout.matchAll(/^ +(\S+) +box (.*) +eyes, nose, mouth (.*)$/gm)];
    expect(rows).toHaveLength(want.flat().length);
    rows.forEach(([, score, box = '', points = ''], i) => {
      const { score: expectedScore, box: sides, points: places } = want.flat()[i]!;
      expect(Math.abs(Number(score) - expectedScore)).toBeLessThan(0.01);
      const got = `${box} ${points}`.trim().split(/ +/).map(Number);
      expect(got).toHaveLength(14);
      [...sides, ...places.flat()].forEach((value, k) => expect(Math.abs(got[k]! - value)).toBeLessThan(0.5));
    });
  }, 250_000);
});

/** What ONNX Runtime and the networks' own post-processing find: boxes/make_expected.py. */
const BOXES = JSON.parse(readFileSync(root('tests/entries/boxes/expected.json'), 'utf8')) as Readonly<Record<string, Readonly<Record<string, readonly Box[]>>>>;

interface Box {
  readonly score: number;
  /** Left, top, right, bottom in pixels of the photo. */
  readonly box: readonly number[];
}

/** What a script printed: of each photo, its boxes. */
function printed(stdout: string): Record<string, Box[]> {
  const photos: Record<string, Box[]> = {};
  for (const line of stdout.trimEnd().split('\n')) {
    const [, score, box] = /^ {2}\w+ (\S+) {2}box (.*)$/.exec(line) ?? [];
    if (box) Object.values(photos).at(-1)?.push({ score: Number(score), box: box.split(' ').map(Number) });
    else photos[/^(\S+): \d+ in \d+ ms$/.exec(line)?.[1] ?? line] = [];
  }
  return photos;
}

/** The same boxes, best first; of two with nearly the same score either may be first. */
function expectBoxes(got: readonly Box[], want: readonly Box[], pixels: number): void {
  expect(got).toHaveLength(want.length);
  for (const { score, box } of want) {
    const near = got.filter((other) => Math.abs(other.score - score) < 0.01 && other.box.every((side, k) => Math.abs(side - box[k]!) < pixels));
    expect(near, `a box of ${score} at ${box.join(' ')}`).toHaveLength(1);
  }
}

describe(ONE_LOOK, () => {
  it('finds the faces that ONNX Runtime finds, to half a pixel', async () => {
    const want = BOXES[ONE_LOOK]!;
    const { stdout, stderr } = await run(process.execPath, [root(`examples/${ONE_LOOK}`), ...Object.keys(want).map(photoPath)], { timeout: 120_000 });
    expect(stderr).toBe('');
    const got = printed(stdout);
    expect(Object.keys(got)).toEqual(Object.keys(want));
    for (const [photo, boxes] of Object.entries(want)) expectBoxes(got[photo]!, boxes, 0.5);
    expect(Object.values(want).flat().length).toBeGreaterThan(0);
  }, 130_000);
});

interface Stored {
  readonly name: string;
  readonly size: readonly [number, number];
  readonly score: number;
  readonly outputs: readonly { readonly shape: readonly number[]; readonly half: string }[];
  /** Left, top, right, bottom, score and class. */
  readonly boxes: readonly (readonly number[])[];
}

/** A network that answers any photo with what the trained one answered once: for who has not the file of 20 MB. */
function answering({ size, outputs: [output] }: Stored): Uint8Array {
  const { shape, half } = output!;
  const halves = new Uint16Array(new Uint8Array(Buffer.from(half, 'base64')).buffer);
  const numbers = new Float32Array(Uint32Array.from(halves, halfToFloatBits).buffer);
  return modelBytes({
    inputs: { images: [1, 3, ...size] }, outputs: ['output'], weights: { nothing: [[1], [0]], answer: [shape, [...numbers]] },
    nodes: [
      { op: 'ReduceMean', inputs: ['images'], outputs: ['mean'], int: { keepdims: 0 } },
      { op: 'Mul', inputs: ['mean', 'nothing'], outputs: ['zero'] },
      { op: 'Add', inputs: ['answer', 'zero'], outputs: ['output'] },
    ],
  });
}

describe(TEXT, () => {
  const script = root(`examples/${TEXT}`);
  const photo = root('tests/entries/boxes/text.png');

  it('says what it needs where there is no model', async () => {
    await expect(run(process.execPath, [script, photo])).rejects.toMatchObject({ code: 2, stderr: expect.stringMatching(/^usage: .*--model FILE\.onnx PHOTO/) as string });
  });

  it('reads what a trained network answered', async () => {
    const stored = (JSON.parse(readFileSync(root('tests/tasks/detect/heads/real.json'), 'utf8')) as readonly Stored[]).find(({ name }) => name === 'text')!;
    const folder = mkdtempSync(join(tmpdir(), 'receptive-text-'));
    try {
      const file = join(folder, 'answering.onnx');
      writeFileSync(file, answering(stored));
      const { stdout, stderr } = await run(process.execPath, [script, '--model', file, photo], { timeout: 120_000 });
      expect(stderr).toBe('');
      // The photo is 640 pixels wide and 400 high, the input 416 of each: what is under the photo is cut off.
      const want = stored.boxes.map(([left = 0, top = 0, right = 0, bottom = 0, score = 0]) => ({
        score, box: [left, top, right, bottom].map((side, k) => Math.min(Math.max(0, (side * 640) / 416), k % 2 === 0 ? 640 : 400)),
      }));
      expectBoxes(printed(stdout)['text.png'] ?? [], want.filter(({ box: [left = 0, top = 0, right = 0, bottom = 0] }) => left < right && top < bottom), 0.1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 130_000);

  it.skipIf(!process.env['RECEPTIVE_TEXT_MODEL'])('finds the letters that ONNX Runtime finds, to a pixel', async () => {
    const { stdout, stderr } = await run(process.execPath, [script, '--model', process.env['RECEPTIVE_TEXT_MODEL']!, photo], { timeout: 120_000 });
    expect(stderr).toBe('');
    expectBoxes(printed(stdout)['text.png'] ?? [], BOXES[TEXT]!['text.png']!, 1);
  }, 130_000);
});

describe(SERVICE, () => {
  it('answers photos and refuses the rest, until it is told to end', async () => {
    const child = spawn(process.execPath, [root(`examples/${SERVICE}`), '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    try {
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const url = `http://localhost:${/^listening on (\d+)$/m.exec(String(line))?.[1]}/`;
      const post = (body: Uint8Array<ArrayBuffer> | string) => fetch(url, { method: 'POST', body, headers: { connection: 'close' } });
      const photo = new Uint8Array(readFileSync(photoPath('dog.jpg')));
      const answers = await Promise.all([post(photo), post(photo), post('no photo'), post(new Uint8Array(21e6)).catch(() => ({ status: 413 }))]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 400, 413]);
      const top: unknown = await (answers[0] as Response).json();
      expect(top).toMatchObject([{ label: expect.stringMatching(/^dogsled/) as string }, {}, {}]);
      expect(await (answers[2] as Response).json()).toEqual({ error: 'image' });
    } finally {
      child.kill();
    }
    expect(await exited).toEqual([0, null]);
  });
});

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.png': 'image/png', '.wasm': 'application/wasm' };

describe('03-page.html', () => {
  it.skipIf(WITHOUT_BROWSER)('classifies its photo, and another', async () => {
    const server = createServer((request, response) => {
      const file = root((request.url ?? '').slice(1));
      if (!existsSync(file)) return void response.writeHead(404).end();
      response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
    }).listen(0);
    const browser = await launchChromium();
    try {
      const page = await openPage(browser);
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('console', (message) => problems.push(message.text()));
      await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/examples/03-page.html`);
      await page.getByText(/^espresso, [89]\d\.\d %$/).waitFor();
      await page.getByLabel('Photo').setInputFiles(photoPath('dog.jpg'));
      await page.getByText(/^dogsled/).waitFor();
      expect(await page.locator('li').count()).toBe(5);
      expect(problems).toEqual([]);
    } finally {
      await browser.close();
      server.closeAllConnections();
      server.close();
    }
  });
});
