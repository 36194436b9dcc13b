// Faces by one small network: BlazeFace (Bazarevsky et al. 2019, arXiv 1907.05047), made for telephones. It looks at 128 x 128
// pixels and finds faces near the camera. For small ones in large photos, tiles are looked at one after the other.
//     node examples/20-blazeface.mjs [--tiles PIXELS] [PHOTO...]
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { load } from 'receptive';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { tiles: { type: 'string' } } });
const photos = positionals.length > 0 ? positionals : ['../tests/image/photos/astronaut.png', 'assets/photos/chelsea.png'].map(at);

const model = await load(at('../tests/onnx/real/blazeface_front.onnx'), {
  // 896 anchors, each with a score, a box and six points: the grids of 16 x 16 and 8 x 8 cells have two and six anchors a cell.
  task: { kind: 'detect', head: 'blazeface', score: 0.75, iou: 0.3, labels: ['face'] },
  // Black around the photo, pixels from -1 to 1.
  preprocess: { preset: 'letterbox', fill: 0, scale: 1 / 127.5, mean: [1, 1, 1] },
});
for (const photo of photos) {
  const { boxes, ms } = await model.detect(photo, values.tiles ? { tiles: { size: Number(values.tiles) } } : {});
  console.log(`${basename(photo)}: ${boxes.length} in ${ms.total.toFixed(0)} ms`);
  for (const { label, score, left, top, width, height } of boxes) {
    console.log(`  ${label} ${score.toFixed(4)}  box ${[left, top, left + width, top + height].map((side) => side.toFixed(2)).join(' ')}`);
  }
}
await model.dispose();
