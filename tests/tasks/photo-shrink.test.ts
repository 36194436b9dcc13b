import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { load, tensor } from 'receptive';
import type { Model, Tensor } from 'receptive';
import { describe, expect, it } from 'vitest';
import { decodePixels } from '../../ts/image/decode.node.js';
import { toRgb } from '../../ts/image/pixels.js';
import { preprocess } from '../../ts/image/preprocess.js';
import { photoPath, photos } from '../image/expected.js';
import { randomPhoto } from '../image/random-photos.js';

/** `PHOTOS=100` compares a hundred, `SIDES=600,4000` those of other sizes than the ones that are large enough to be shrunk. */
const COUNT = Number(process.env['PHOTOS'] ?? 8);
const [LEAST, MOST] = (process.env['SIDES'] ?? '2700,4200').split(',').map(Number);
/** How far the probability of a label may be from that of the photo decoded whole. */
const TOLERANCE = 0.01;
const SIDE = 227;

const MODEL = fileURLToPath(new URL('../../examples/assets/squeezenet1_1.safetensors', import.meta.url));
const maxPixels = 5e7;

async function input(bytes: Uint8Array, least?: readonly [number, number]): Promise<Tensor> {
  const decoded = await decodePixels(bytes, { maxPixels, least });
  if (decoded.width < decoded.full.width) smaller += 1;
  return preprocess(toRgb(decoded), { preset: 'caffe', size: [SIDE, SIDE] });
}

async function probabilities(model: Model, x: Tensor): Promise<Float64Array> {
  const { logits } = await model.run(x);
  const raw = Float64Array.from(logits!.data as Float32Array);
  const most = Math.max(...raw);
  const exp = raw.map((v) => Math.exp(v - most));
  const sum = exp.reduce((a, b) => a + b);
  return exp.map((v) => v / sum);
}

let smaller = 0;

const apart = (a: Float64Array, b: Float64Array): number => Math.max(...a.map((p, i) => Math.abs(p - b[i]!)));

/** Every fourth pixel value one up or down, at random: what rounding to a byte otherwise than to the nearest does. */
function roundedOtherwise({ shape, data }: Tensor): Tensor {
  let state = 1;
  const step = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return [-1, 1][state >>> 29] ?? 0;
  };
  return tensor(data.map((v) => v + step()), shape);
}

/** How far probabilities move by shrinking, and by rounding. */
async function differences(model: Model, bytes: Uint8Array): Promise<readonly [number, number]> {
  const x = await input(bytes);
  const whole = await probabilities(model, x);
  const shrunk = await probabilities(model, await input(bytes, [2 * SIDE, 2 * SIDE]));
  return [apart(whole, shrunk), apart(whole, await probabilities(model, roundedOtherwise(x)))];
}

describe('labels of a photo that is shrunk while it is decoded', () => {
  it(`are those of the whole one, to ${TOLERANCE}`, async () => {
    await using model = await load(MODEL);
    const far: string[] = [];
    const check = async (name: string, bytes: Uint8Array): Promise<void> => {
      const [off, rounding] = await differences(model, bytes);
      if (process.env['PHOTOS']) console.info(off.toFixed(4), `(rounding: ${rounding.toFixed(4)})`, name);
      if (!(off <= TOLERANCE)) far.push(`${name}: ${off}`);
    };
    for (const { name } of photos) await check(name, readFileSync(photoPath(name)));
    for (let i = 0; i < COUNT; i++) {
      const { name, bytes } = await randomPhoto(i, LEAST, MOST);
      await check(name, bytes);
    }
    expect(far).toEqual([]);
    expect(smaller).toBeGreaterThanOrEqual(process.env['SIDES'] ? 0 : 2);
  });
});
