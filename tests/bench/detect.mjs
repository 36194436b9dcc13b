/**
 * What `detect` takes beside its network: `node tests/bench/detect.mjs [simd | relaxed]`, after `npm run build`. Medians of interleaved rounds, in
 * milliseconds. The boxes are drawn at random: the network's weights are, and so are the scores.
 */
import { readFileSync } from 'node:fs';
import { load, tensor } from '../../dist/node/index.js';
import { yolov3_tiny } from '../../dist/node/models.js';
import { scanScores } from '../../.build/tasks/boxes/scan.js';
import { suppress } from '../../.build/tasks/boxes/suppress.js';
import { instantiate } from '../../.build/wasm/instance.js';
import { weightsOf } from './weights.mjs';

const [variant = 'relaxed'] = process.argv.slice(2);
const ROUNDS = 15;

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

let state = 7;
const random = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 8) / 2 ** 24;

function timed(work) {
  const times = Array.from({ length: ROUNDS + 3 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return median(times.slice(3));
}

/** A box of up to a tenth of 640 x 640, as left, top, right, bottom. */
function box() {
  const [x, y] = [600 * random(), 600 * random()];
  return [x, y, x + 4 + 60 * random(), y + 4 + 60 * random()];
}

function boxesAlone() {
  const instance = instantiate(new WebAssembly.Module(readFileSync(new URL(`../../crates/pkg/${variant}/receptive_bg.wasm`, import.meta.url))));
  const output = Float32Array.from({ length: 84 * 8400 }, () => random() ** 40);
  const spec = { candidates: 8400, classes: 80, candidateStride: 1, classStride: 8400, offset: 4 * 8400, sigmoid: false, threshold: 0.25, most: 30_000 };
  const boxes = Float32Array.from(Array.from({ length: 20_000 }, box).flat());
  const scores = Float32Array.from({ length: 20_000 }, random);
  const classes = Uint32Array.from({ length: 20_000 }, () => 80 * random());
  const kept = (method) => timed(() => suppress(instance, boxes, scores, classes, { iou: 0.45, max: 300, method }));
  return { 'scan of [1, 84, 8400]': timed(() => scanScores(instance, output, spec)), '20,000 boxes, greedy': kept('greedy'), '20,000 boxes, soft': kept('soft') };
}

async function besideNetwork() {
  const net = yolov3_tiny({ input: [1, 3, 416, 416] });
  const weights = Object.fromEntries(Object.entries(weightsOf(net)).map(([name, { data, shape }]) => [name, tensor(data, shape)]));
  const model = await load(net, { weights, variant, threads: 1, task: { kind: 'detect', head: 'yolov3' } });
  const photo = { data: Uint8Array.from({ length: 3 * 640 * 480 }, () => 256 * random()), width: 640, height: 480, channels: 3 };
  const input = tensor(new Float32Array(3 * 416 * 416).fill(0.5), [1, 3, 416, 416]);
  const rows = [];
  for (let i = 0; i < ROUNDS + 3; i++) {
    const start = performance.now();
    const { ms, boxes } = await model.detect(photo, { score: 0.5 });
    rows.push({ whole: performance.now() - start, preprocess: ms.preprocess, boxes: boxes.length });
    const x = performance.now();
    await model.run(input);
    rows.at(-1).network = performance.now() - x;
  }
  const of = (key) => median(rows.slice(3).map((row) => row[key]));
  await model.dispose();
  return {
    'YOLOv3-tiny 416, one thread: network': of('network'), 'detect of a photo of 640 x 480': of('whole'), 'what it adds': median(rows.slice(3).map(({ whole, network }) => whole - network)),
    'of that pixels to input': of('preprocess'), 'boxes (a number)': of('boxes'),
  };
}

const lines = { ...boxesAlone(), ...(await besideNetwork()) };
for (const [what, ms] of Object.entries(lines)) console.log(`${what.padEnd(44)} ${ms.toFixed(2)} ms`);
