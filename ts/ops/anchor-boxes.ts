import { wrong } from '../base/wrong.js';
import { expectList, expectNumbers, expectObject } from '../base/given.js';
import { finite } from './common.js';

/** The boxes around each element of the maps of a pyramid. */
export type AnchorSpec = {
  /** Of each level the square roots of the areas, in pixels. */
  readonly sizes: readonly (readonly number[])[];
  /** Of each level height over width; as many levels as `sizes`, all numbers above 0. */
  readonly ratios: readonly (readonly number[])[];
};

type Edges = readonly [left: number, top: number, right: number, bottom: number];

/** To the nearest whole number, of two equally near ones the even one. */
function roundHalfEven(x: number): number {
  const near = Math.round(x);
  return Math.abs(x % 1) === 0.5 && near % 2 !== 0 ? near - 1 : near;
}

/** The boxes around the origin of a level, for each ratio all sizes, in float32 as torchvision rounds them. */
export function boxesAround({ sizes, ratios }: AnchorSpec, level: number): Edges[] {
  const { fround } = Math;
  return (ratios[level] ?? []).flatMap((ratio) => {
    const tall = fround(Math.sqrt(fround(ratio)));
    const wide = fround(1 / tall);
    return (sizes[level] ?? []).map((size): Edges => {
      const half = (part: number): number => roundHalfEven(fround(fround(part * fround(size)) / 2));
      return [-half(wide), -half(tall), half(wide), half(tall)];
    });
  });
}

/** @throws ArgumentError for sizes or ratios that are none, or not of as many levels */
export function checkAnchors(anchors: AnchorSpec): void {
  expectObject('anchors', 'an object of sizes and ratios', anchors);
  const { sizes, ratios } = anchors;
  for (const lists of [sizes, ratios]) {
    expectList('anchors', 'sizes and ratios, a list of numbers for each level', lists);
    for (const numbers of lists) expectNumbers('anchors', 'positive numbers', numbers);
  }
  if (sizes.length === 0 || sizes.length !== ratios.length) {
    wrong(undefined, `anchors with ratios of ${sizes.length} levels, as many as of sizes`, String(ratios.length));
  }
  for (const numbers of [...sizes, ...ratios]) {
    if (numbers.length > 0 && numbers.every((number) => finite('anchors', number) > 0)) continue;
    wrong(undefined, 'anchors of positive numbers', numbers.join(', ') || 'none');
  }
}

/** Pixels of an image from one element of its map to the next. */
export const anchorStride = (image: number, map: number): number => Math.max(1, Math.floor(image / map));
