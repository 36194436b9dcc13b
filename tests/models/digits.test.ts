/** LeNet-5 as it ships, on digits that it never learned from: two of each of MNIST's test digits. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeImage, load } from 'receptive';
import { lenet5 } from 'receptive/assets';
import { digit, fromIdx } from 'receptive/train/inline';
import { describe, expect, it } from 'vitest';
import { cli } from '../support/run-cli.js';

const at = (path: string): string => fileURLToPath(new URL(`../../examples/assets/${path}`, import.meta.url));
const SEVEN = at('digits/seven.png');
const normalize = { mean: 0.1307, std: 0.3081 };

describe('the LeNet-5 that ships', () => {
  it('says what it is', async () => {
    await using model = await load(lenet5);
    expect(model).toMatchObject({ name: 'lenet5', task: 'classification', labels: [...'0123456789'] });
    expect(readFileSync(new URL(lenet5)).length).toBeLessThan(130_000);
  });

  it('reads twenty digits', async () => {
    const data = await fromIdx(readFileSync(at('digits/t10k-images-idx3-ubyte.gz')), readFileSync(at('digits/t10k-labels-idx1-ubyte.gz')), { normalize });
    expect(Array.from(data.labels ?? [])).toEqual(Array.from({ length: 20 }, (_, i) => i >> 1));
    await using model = await load(lenet5);
    const { output } = await model.run(data.get(Array.from({ length: 20 }, (_, i) => i)).x);
    const scores = (i: number): number[] => Array.from(output!.data.subarray(10 * i, 10 * i + 10) as Float32Array);
    expect(Array.from({ length: 20 }, (_, i) => scores(i).indexOf(Math.max(...scores(i))))).toEqual(Array.from(data.labels ?? []));
  });

  it.each([at('lenet5.safetensors'), 'lenet5'])('classifies a picture on the command line: --model %s', async (model) => {
    const { code, out, err } = await cli('classify', SEVEN, '--model', model, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { photos: [photo] } = JSON.parse(out) as { photos: { top: { label: string; probability: number }[] }[] };
    expect(photo?.top[0]?.label).toBe('7');
    // Its targets were smoothed: 0.955 for the right one.
    expect(photo?.top[0]?.probability).toBeGreaterThan(0.94);
  });

  it('reads black on white, of any size and place, as `digit` prepares it', async () => {
    const { data, width, height } = await decodeImage(readFileSync(SEVEN));
    const [side, left, top] = [150, 20, 60]; // drawn three times as large, off the centre
    const paper = new Uint8Array(3 * side * side).fill(255);
    for (let i = 0; i < 9 * width * height; i++) {
      const [x, y] = [i % (3 * width), Math.floor(i / (3 * width))];
      const ink = data[3 * (Math.floor(y / 3) * width + Math.floor(x / 3))]!;
      if (y + top < side && x + left < side) paper.fill(255 - ink, 3 * ((y + top) * side + x + left), 3 * ((y + top) * side + x + left) + 3);
    }
    await using model = await load(lenet5);
    const { output } = await model.run(digit({ data: paper, width: side, height: side, channels: 3 }, { normalize }));
    const scores = Array.from(output!.data as Float32Array);
    expect(scores.indexOf(Math.max(...scores))).toBe(7);
  });
});
