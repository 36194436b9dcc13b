import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What ONNX Runtime answers for a photo, and 256 samples of the tensor it was given. */
export interface Expected {
  /** [index, label, logit or probability] */
  readonly top5: readonly (readonly [number, string, number])[];
  /** [index, probability] of the 20 likeliest; where the net ends in logits, their softmax in f64. */
  readonly probability?: readonly (readonly [number, number])[];
  readonly input: { readonly shape: number[]; readonly index: number[]; readonly value: number[] };
}

export const expected = JSON.parse(readFileSync(new URL('expected.json', import.meta.url), 'utf8')) as Record<
  'squeezenet1_1' | 'mobilenet_v2',
  Record<string, Expected>
>;

/** Size and digest of the RGB pixels of each photo, as Pillow reads it. */
export const photos = JSON.parse(readFileSync(new URL('photos.json', import.meta.url), 'utf8')) as {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly sha256: string;
}[];

/** Three of the six photos ship as examples, the others are for the tests. */
export function photoPath(name: string): string {
  const shipped = fileURLToPath(new URL(`../../examples/assets/photos/${name}`, import.meta.url));
  return existsSync(shipped) ? shipped : fileURLToPath(new URL(`photos/${name}`, import.meta.url));
}
