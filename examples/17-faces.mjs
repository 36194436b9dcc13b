// Faces, by three networks in a row, each of which looks closer at what the one before has left: MTCNN (Zhang et al. 2016, arXiv 1604.02878).
// P-Net slides over the photo in many sizes, R-Net looks at 24 x 24 pixels of each place, O-Net at 48 x 48 and says where the eyes are.
//     node examples/17-faces.mjs [PHOTO...]
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeImage, load, tensor } from 'receptive';

const SMALLEST = 20; // pixels
const FACTOR = 0.709; // from one size to the next: about half the area
const THRESHOLDS = { propose: 0.6, refine: 0.7, output: 0.7 };

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const files = ['../tests/onnx/real/mtcnn_pnet.onnx', '../tests/onnx/real/mtcnn_rnet.onnx', 'assets/mtcnn_onet.safetensors'];
const [pnet, rnet, onet] = await Promise.all(files.map((file) => load(at(file))));

/** Part of a photo, each pixel the mean of those it covers, as the networks want it: -1 to 1, columns before rows. */
function input({ data, width: stride }, { left, top, width, height }, columns, rows) {
  const values = new Float32Array(columns * rows * 3);
  const span = (i, from, count) => [Math.floor((i * from) / count), Math.ceil(((i + 1) * from) / count)];
  for (let x = 0, to = 0; x < columns; x++) {
    const [x0, x1] = span(x, width, columns);
    for (let y = 0; y < rows; y++) {
      const [y0, y1] = span(y, height, rows);
      const sums = [0, 0, 0];
      for (let v = y0; v < y1; v++) {
        for (let u = x0; u < x1; u++) for (let c = 0; c < 3; c++) sums[c] += data[((top + v) * stride + left + u) * 3 + c];
      }
      for (const sum of sums) values[to++] = (sum / ((x1 - x0) * (y1 - y0)) - 127.5) / 128;
    }
  }
  return values;
}

const overlap = (a, b, pixel) => [0, 1].reduce((area, k) => area * Math.max(0, Math.min(a[k + 2], b[k + 2]) - Math.max(a[k], b[k]) + pixel), 1);
const areaOf = ([left, top, right, bottom], pixel = 0) => (right - left + pixel) * (bottom - top + pixel);
const iou = (a, b) => overlap(a, b, 0) / (areaOf(a) + areaOf(b) - overlap(a, b, 0));
const ofSmaller = (a, b) => overlap(a, b, 1) / Math.min(areaOf(a, 1), areaOf(b, 1));

/** The best of faces that overlap. */
function suppress(faces, most, measure = iou) {
  const kept = [];
  for (const face of faces.toSorted((a, b) => b.score - a.score)) {
    if (kept.every((other) => measure(other.box, face.box) <= most)) kept.push(face);
  }
  return kept;
}

/** Each side moved by its part of the size. */
function moved({ box, sides, ...face }, pixel = 1) {
  const size = [box[2] - box[0] + pixel, box[3] - box[1] + pixel];
  return { ...face, box: box.map((side, k) => side + sides[k] * size[k % 2]) };
}

function squared({ box: [left, top, right, bottom], ...face }) {
  const side = Math.max(right - left, bottom - top);
  const [x, y] = [(left + right - side) / 2, (top + bottom - side) / 2];
  return { ...face, box: [x, y, x + side, y + side] };
}

/** What of a box is on the photo. Its pixels are counted from 1. */
function onPhoto(photo, box) {
  const [left, top, right, bottom] = box.map((side, k) => Math[k < 2 ? 'max' : 'min'](Math.trunc(side), k < 2 ? 1 : [photo.width, photo.height][k - 2]));
  return { left: left - 1, top: top - 1, width: right - left + 1, height: bottom - top + 1 };
}

async function propose(photo) {
  const found = [];
  for (let scale = 12 / SMALLEST; Math.min(photo.width, photo.height) * scale >= 12; scale *= FACTOR) {
    const [columns, rows] = [photo.width, photo.height].map((side) => Math.trunc(side * scale + 1));
    const x = tensor(input(photo, { left: 0, top: 0, ...photo }, columns, rows), [1, columns, rows, 3]);
    const { softmax, conv2d_4: sides } = await pnet.run(x);
    const height = softmax.shape[2];
    const faces = [];
    for (let i = 0; i < softmax.data.length / 2; i++) {
      const score = softmax.data[2 * i + 1];
      if (!(score >= THRESHOLDS.propose)) continue;
      const [left, top] = [2 * Math.floor(i / height), 2 * (i % height)];
      const box = [left + 1, top + 1, left + 12, top + 12].map((side) => Math.floor(side / scale));
      faces.push({ score, box, sides: sides.data.subarray(4 * i, 4 * i + 4) });
    }
    found.push(...suppress(faces, 0.5));
  }
  return suppress(found, 0.7).map((face) => squared(moved(face, 0)));
}

/** Every face looked at by a network that takes pieces of one size; with what it answers, by numbers a face. */
async function look(model, photo, faces, side, threshold) {
  const seen = [];
  for (const face of faces) {
    const piece = onPhoto(photo, face.box);
    if (piece.width < 1 || piece.height < 1) continue;
    const outputs = Object.values(await model.run(tensor(input(photo, piece, side, side), [1, side, side, 3])));
    const [scores, sides, points] = [2, 4, 10].map((count) => outputs.find(({ data }) => data.length === count)?.data);
    if (scores[1] > threshold) seen.push({ box: face.box, score: scores[1], sides, points });
  }
  return seen;
}

function withPoints({ points, ...face }) {
  const [left, top, right, bottom] = face.box;
  const [width, height] = [right - left + 1, bottom - top + 1];
  return { ...face, points: Array.from({ length: 5 }, (_, i) => [points[i] * width + left - 1, points[5 + i] * height + top - 1]) };
}

const photos = process.argv.length > 2 ? process.argv.slice(2) : ['../tests/image/photos/astronaut.png', 'assets/photos/chelsea.png'].map(at);
for (const file of photos) {
  const photo = await decodeImage(readFileSync(file));
  const proposed = await propose(photo);
  const refined = suppress(await look(rnet, photo, proposed, 24, THRESHOLDS.refine), 0.7).map((face) => squared(moved(face)));
  const faces = suppress((await look(onet, photo, refined, 48, THRESHOLDS.output)).map((face) => moved(withPoints(face))), 0.7, ofSmaller);
  console.log(`${basename(file)}: ${proposed.length} places, ${refined.length} after the second look, faces: ${faces.length}`);
  for (const { score, box, points } of faces) {
    console.log(`  ${score.toFixed(4)}  box ${box.map((v) => v.toFixed(2)).join(' ')}  eyes, nose, mouth ${points.flat().map((v) => v.toFixed(2)).join(' ')}`);
  }
}
await Promise.all([pnet, rnet, onet].map((model) => model.dispose()));
