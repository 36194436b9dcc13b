/** The command that prints the features of photos. */
import { describe, expect, it } from 'vitest';
import { load } from 'receptive/inline';
import { photoPath } from '../image/expected.js';
import { cli } from '../support/run-cli.js';

const [dog, coffee] = [photoPath('dog.jpg'), photoPath('coffee.png')];
const MODEL = 'examples/assets/squeezenet1_1.safetensors';

describe('embed', () => {
  it('prints what the library answers, a line of JSON a photo, of length 1 where asked', async () => {
    const { code, out, err } = await cli('embed', dog, coffee, '--model', MODEL, '--json', '--normalize', '--exact', '--variant', 'simd', '--threads', '1');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const answers = out.trim().split('\n').map((line) => JSON.parse(line) as { photo: string; vector: number[] });
    expect(answers.map(({ photo }) => photo)).toEqual([dog, coffee]);
    using model = await load(MODEL, { variant: 'simd' });
    for (const { photo, vector } of answers) {
      expect(vector).toEqual([...(await model.embed(photo, { normalize: true, exact: true }))]);
      expect(vector.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5);
    }
  });

  it('names a photo that fails, and answers the others', async () => {
    const { code, out, err } = await cli('embed', 'none.jpg', dog, '--model', MODEL);
    expect(code).toBe(1);
    expect(err).toMatch(/none\.jpg/);
    expect(out).toMatch(/dog\.jpg: \d+ numbers: /);
  });
});
