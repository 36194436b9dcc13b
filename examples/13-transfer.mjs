// Transfer learning: SqueezeNet has learned from 1.2 million photos what edges, fur and cups look like. Its features stay as they are;
// only a new last layer is learned, from a few dozen photos of other classes. Beside it the same network that begins with nothing.
//     node examples/13-transfer.mjs [FOLDER] [--epochs 10] [--seed 1]
// FOLDER holds a folder of photos for each class. Without one three photos are cut into 24 tiles each: what is a tile taken from?
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cat, conv2d, dropout, flatten, globalAvgPool2d, maxPool2d, named, relu, sequential } from 'receptive';
import { adamw, createTrainer, crossEntropy, fromFolder, seededRandom, split } from 'receptive/train/inline';
import sharp from 'sharp';

const option = (value) => ({ type: 'string', default: value });
const { values, positionals } = parseArgs({ allowPositionals: true, options: { epochs: option('10'), seed: option('1') } });
const [epochs, seed] = [values.epochs, values.seed].map(Number);
const at = (path) => fileURLToPath(new URL(path, import.meta.url));

async function tiles() {
  const folder = mkdtempSync(`${tmpdir()}/receptive-tiles-`);
  for (const [label, photo] of [['cat', 'chelsea.png'], ['coffee', 'coffee.png'], ['dog', 'dog.jpg']]) {
    mkdirSync(`${folder}/${label}`);
    const { width, height } = await sharp(at(`assets/photos/${photo}`)).metadata();
    const [w, h] = [Math.floor(width / 6), Math.floor(height / 4)];
    for (let i = 0; i < 24; i++) {
      const tile = { left: (i % 6) * w, top: Math.floor(i / 6) * h, width: w, height: h };
      await sharp(at(`assets/photos/${photo}`)).extract(tile).toFile(`${folder}/${label}/${String(i).padStart(2, '0')}.png`);
    }
  }
  return folder;
}

// The preset is the preparation of the photos that SqueezeNet has learned from.
const folder = positionals[0] ?? (await tiles());
const photos = await fromFolder(folder, { preprocess: { preset: 'caffe', size: [96, 96] } });
const { train, validation } = split(photos, { validation: 0.5, random: seededRandom(seed) });
console.log(`${photos.classes.join(', ')}: ${train.length} photos to learn from, ${validation.length} to judge by`);

/** Few channels by 1x1, then many by 1x1 and by 3x3 side by side (Iandola et al. 2016, arXiv 1602.07360). */
function fire(from, squeezed, expanded) {
  const squeeze = sequential({ squeeze: conv2d(from, squeezed, 1), squeeze_activation: relu() });
  const small = sequential({ expand1x1: conv2d(squeezed, expanded, 1), expand1x1_activation: relu() });
  const large = sequential({ expand3x3: conv2d(squeezed, expanded, 3, { padding: 1 }), expand3x3_activation: relu() });
  return named('fire', (x) => {
    const s = squeeze(x);
    return cat([small(s), large(s)]);
  });
}

const pool = maxPool2d(3, { stride: 2 });
const layers = [
  conv2d(3, 64, 3, { stride: 2, padding: 1 }), relu(), pool,
  fire(64, 16, 64), fire(128, 16, 64), pool,
  fire(128, 32, 128), fire(256, 32, 128), pool,
  fire(256, 48, 192), fire(384, 48, 192), fire(384, 64, 256), fire(512, 64, 256),
];
const network = sequential(
  {
    features: sequential(Object.fromEntries(layers.entries())), // as in the file of SqueezeNet, which has weights of these names
    head: sequential([dropout(), conv2d(512, photos.classes.length, 1), globalAvgPool2d(), flatten()]), // is in no file
  },
  { input: [null, 3, 96, 96] },
);

const squeezenet = new Uint8Array(readFileSync(at('assets/squeezenet1_1.safetensors')));
const WAYS = {
  'a new head on learned features': { weights: squeezenet, partial: true, trainable: (name) => name.startsWith('head.') },
  'the same network from nothing': {},
};
for (const [name, options] of Object.entries(WAYS)) {
  const trainer = await createTrainer(network, { loss: crossEntropy(), optimizer: adamw({ lr: 1e-3 }), seed, ...options });
  console.log(`\n${name}`);
  const start = process.cpuUsage();
  for await (const { kind, epoch, loss } of trainer.fit(train, { epochs, batchSize: 12, augment: { flip: 'horizontal' } })) {
    if (kind !== 'epoch') continue;
    const { accuracy } = await trainer.evaluate(validation);
    console.log(`epoch ${epoch}: loss ${loss.toFixed(3)}, ${(100 * accuracy).toFixed(1)} % of the others right`);
  }
  const { user, system } = process.cpuUsage(start);
  console.log(`${((user + system) / 1e6).toFixed(1)} s of CPU`);
  trainer.dispose();
}
if (!positionals[0]) rmSync(folder, { recursive: true });
