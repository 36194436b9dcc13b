/** The detector and the segmenter of the repository, f16, answer as ONNX Runtime does with their float32 originals. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeImage, load, resize } from 'receptive';
import type { Detections, Model, Segmentation } from 'receptive';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { photoPath } from '../image/expected.js';
import { expectedTasks, expectBoxes, near } from './expected-tasks.js';

const asset = (name: string): string => fileURLToPath(new URL(`../../examples/assets/${name}.safetensors`, import.meta.url));
const PHOTOS = Object.keys(expectedTasks.nanodet);

it('six photos are looked at', () => expect(PHOTOS).toHaveLength(6));

describe('nanodet', () => {
  let model: Model;
  beforeAll(async () => void (model = await load(asset('nanodet'))));
  afterAll(() => model.dispose());

  it('says what it is for, and 80 names', () => {
    expect([model.task, model.labels?.length, model.labels?.[16], model.name]).toEqual(['detection', 80, 'dog', 'nanodet']);
  });

  it.each(PHOTOS)('%s: boxes within a pixel, scores within 0.01', async (photo) => {
    const { boxes, head }: Detections = await model.detect(photoPath(photo), { exact: true });
    expect(head).toBe('nanodet');
    expectBoxes(photo, boxes);
  });

  it('finds of the classes that are wanted those alone', async () => {
    const { boxes } = await model.detect(photoPath('dog.jpg'), { classes: ['dog', 1] });
    expect(boxes.map(({ label }) => label)).toEqual(['bicycle', 'dog']);
    expect((await model.detect(readFileSync(photoPath('dog.jpg')), { classes: ['zebra'] })).boxes).toEqual([]);
  });
});

describe('selfie', () => {
  let model: Model;
  beforeAll(async () => void (model = await load(asset('selfie'))));
  afterAll(() => model.dispose());

  it.each(PHOTOS)('%s: masks within 0.01, on the photo and on the map of the network', async (photo) => {
    const want = expectedTasks.selfie[photo]!;
    const { mask, classes }: Segmentation = await model.segment(photoPath(photo), { exact: true });
    const image = await decodeImage(photoPath(photo));
    expect(mask).toMatchObject({ width: image.width, height: image.height });
    near(classes.find(({ label }) => label === 'person')?.share ?? 0, want.share_over_half, 0.01, `${photo}: share`);
    const own = await model.segment(resize(image, 256, 256), { scores: true });
    want.rows_of_16.forEach((row, y) => row.forEach((value, x) => {
      near(own.scores?.[(8 + 16 * y) * 256 + 8 + 16 * x] ?? NaN, value, 0.01, `${photo}: ${x}, ${y}`);
    }));
  });

  it('gives a matte, and refuses to detect', async () => {
    const { alpha, mask } = await model.segment(photoPath('astronaut.png'), { soft: true });
    expect(alpha).toHaveLength(mask.data.length);
    for (let i = 0; i < mask.data.length; i += 997) expect(mask.data[i]).toBe(Number((alpha?.[i] ?? 0) >= 127.5));
    await expect(model.detect(photoPath('dog.jpg'))).rejects.toThrow(/made for segmentation; use segment\(\)/);
  });
});
