// Boxes around letters, by a detector of the form YOLOX (Ge et al. 2021, arXiv 2107.08430) that knows one class.
//     node examples/19-text-boxes.mjs --model FILE.onnx PHOTO...
// The file, of 20 MB, is not part of this repository: it comes with the package ddddocr 1.6.1 of PyPI (MIT), as common_det.onnx. Any other
// YOLOX of one class that takes pixels of 0 to 255 in the order BGR, as YOLOX's own exports do, serves as well.
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { load } from 'receptive';

const { values, positionals: photos } = parseArgs({ allowPositionals: true, options: { model: { type: 'string' }, score: { type: 'string', default: '0.1' } } });
if (!values.model || photos.length === 0) {
  console.error('usage: node examples/19-text-boxes.mjs --model FILE.onnx PHOTO...\nThe first lines of this script say where such a file comes from.');
  process.exit(2);
}

const model = await load(values.model, {
  // Rows of box, objectness and score for each cell of three grids. Their shape says it, too: the head need not be named.
  task: { kind: 'detect', head: 'yolox', score: Number(values.score), iou: 0.45, labels: ['letter'] },
  // The photo stands at the top left of the input; what is left over is grey.
  preprocess: { preset: 'letterbox', anchor: 'start', scale: 1, order: 'bgr' },
});
for (const photo of photos) {
  const { boxes, ms } = await model.detect(photo);
  console.log(`${basename(photo)}: ${boxes.length} in ${ms.total.toFixed(0)} ms`);
  for (const { label, score, left, top, width, height } of boxes) {
    console.log(`  ${label} ${score.toFixed(4)}  box ${[left, top, left + width, top + height].map((side) => side.toFixed(2)).join(' ')}`);
  }
}
await model.dispose();
