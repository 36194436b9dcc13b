import { readFileSync } from 'node:fs';

interface Oracles {
  readonly resized: {
    readonly logits: number[];
    readonly shape: [number, number, number];
    readonly cases: { readonly size: [number, number]; readonly before: number[]; readonly after: number[]; readonly scores: number[] }[];
  };
  readonly yolo: {
    readonly prototypes: number[];
    readonly coefficients: number[];
    readonly shape: [number, number, number];
    readonly input: [number, number];
    readonly cases: { readonly photo: [number, number]; readonly pad: [number, number]; readonly boxes: [number, number, number, number][]; readonly masks: number[][] }[];
  };
  readonly pasted: {
    readonly photo: [number, number];
    readonly cases: { readonly side: number; readonly boxes: number[][]; readonly masks: number[]; readonly laid: number[][] }[];
  };
  readonly overlaps: { readonly size: [number, number]; readonly pairs: { readonly a: number[]; readonly b: number[]; readonly iou: number }[] };
}

/** What PyTorch, torchvision and pycocotools say; made by make_oracles.py. */
export const oracles = JSON.parse(readFileSync(new URL('oracles.json', import.meta.url), 'utf8')) as Oracles;

/** Whole numbers over 64 as floats. */
export const floats = (numbers: readonly number[]): Float32Array => Float32Array.from(numbers, (n) => n / 64);

/** Runs of zeros and ones in turn, as pixels. */
export function fromRuns(runs: readonly number[]): Uint8Array {
  return Uint8Array.from(runs.flatMap((length, i) => Array.from({ length }, () => i % 2)));
}

/** A photo that is stretched to the input as a whole. */
export const stretched = ([height, width]: readonly [number, number], input: readonly [number, number]) => ({
  place: { resized: input, window: { top: 0, left: 0, height: input[0], width: input[1] } },
  full: { width, height },
  input,
});
