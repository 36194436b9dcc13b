import { checkOptions, optionNames } from '../base/options.js';
import { wrong } from '../base/wrong.js';
import { keyOf } from '../train/data/random.js';
import { turnOf } from './angle.js';
import { addBlobs, addClouds, addGradient, addNoise, addScratches, addStrokes, blank } from './background.js';
import type { Canvas, Patch } from './canvas.js';
import { countOf, expectNumber, expectPair, expectWhole, MAX_SIZE } from './checks.js';
import { addBits } from './bits.js';
import { inksOf } from './digits.js';
import type { Digits, Inks } from './digits.js';
import { Draws, KINDS } from './draws.js';
import { glyphOf, longer, partOf, reachOf } from './glyph.js';
import { paintInk } from './ink.js';
import { Placed } from './placed.js';
import { sceneOf } from './scene.js';
import type { Scene } from './scene.js';
import { sourceOf } from './source.js';
import type { Scenes } from './source.js';

/** What scenes are like. */
export interface ScenesOptions {
  /** The digits that are put into them. */
  readonly digits: Digits;
  /** A whole number: the same scenes for the same one, on every machine. Default 0. */
  readonly seed?: number | bigint | undefined;
  /** How many scenes. Default 2^32. */
  readonly count?: number | undefined;
  /** Pixels of a side, 16 to 4096. Default 128. */
  readonly size?: number | undefined;
  /** Fewest and most digits of a scene, 0 to 200; of the most, those that find room. Default [1, 6]. */
  readonly perScene?: readonly [number, number] | undefined;
  /** Pixels of the longer side of a digit's ink before it is turned, from 8 on. Default: 14 to 3/8 of the size, 48 of 128. */
  readonly side?: readonly [number, number] | undefined;
  /** Degrees up to which digits are turned, 0 to 45. Default 20. */
  readonly rotate?: number | undefined;
  /** Part of the smaller of two digits' boxes that both may share, 0 to 1; of each digit at least 0.7 of the ink is seen in any case. Default 0.3. */
  readonly overlap?: number | undefined;
  /** How much lies about that is no digit, 0 to 1. Default 1. */
  readonly clutter?: number | undefined;
}

const OPTIONS = optionNames<ScenesOptions>({
  digits: true, seed: true, count: true, size: true, perScene: true, side: true, rotate: true, overlap: true, clutter: true,
});

/** The options, checked. */
interface Recipe {
  readonly digits: Digits;
  readonly inks: Inks;
  readonly seed: bigint;
  readonly size: number;
  readonly perScene: readonly [number, number];
  readonly side: readonly [number, number];
  readonly rotate: number;
  readonly overlap: number;
  readonly clutter: number;
}

/**
 * Scenes of handwritten digits on cluttered backgrounds: at random places, in random sizes, turned, darker or lighter than what is
 * behind them, partly over each other. Scenes of one seed are all different; no scene depends on another one.
 * @throws ArgumentError for an option, for digits that are none, and for scenes without room for as few digits as they have to hold
 */
export function scenes(options: ScenesOptions): Scenes {
  checkOptions('scenes', options, OPTIONS);
  const recipe = recipeOf(options);
  return sourceOf('scenes', countOf('scenes', options.count), (index) => make(recipe, index));
}

function recipeOf(options: ScenesOptions): Recipe {
  const { digits, seed = 0, size = 128, perScene = [1, 6], rotate = 20, overlap = 0.3, clutter = 1 } = (options as ScenesOptions | undefined) ?? ({} as ScenesOptions);
  const inks = inksOf('scenes', digits);
  expectWhole('scenes: size', size, 16, MAX_SIZE);
  expectPair('scenes: perScene', perScene, 0, 200, true);
  const side = options.side ?? [14, Math.max(14, Math.floor((3 * size) / 8))];
  expectPair('scenes: side', side, 8, MAX_SIZE);
  expectNumber('scenes: rotate', rotate, 0, 45);
  expectNumber('scenes: overlap', overlap, 0, 1);
  expectNumber('scenes: clutter', clutter, 0, 1);
  const cells = cellsOf(size, side[0]);
  if (perScene[0] > cells * cells) {
    wrong('scenes', `room for ${perScene[0]} digits of ${side[0]} pixels`, `${size} x ${size} pixels`, { hint: 'make the scene larger, its digits smaller, or have fewer of them' });
  }
  return { digits, inks, seed: keyOf('scenes: seed', seed), size, perScene, side, rotate, overlap, clutter };
}

/** Digits of a size that find room beside each other in any case, however they are turned: by the diagonal of their box. */
function cellsOf(size: number, side: number): number {
  return Math.floor(size / Math.ceil(1.415 * side + 2));
}

function make(recipe: Recipe, index: number): Scene {
  const draws = new Draws(recipe.seed, KINDS.scenes, index);
  const count = draws.whole(recipe.perScene[0], recipe.perScene[1]);
  const canvas = background(recipe, draws);
  const grain = draws.between(2, 2 + 12 * recipe.clutter);
  const placed = new Placed(canvas);
  const patches = place(recipe, draws, canvas, count);
  for (const { patch, digit } of patches) {
    placed.add(patch, recipe.digits.labels[digit]!);
    paintInk(canvas, patch, draws);
  }
  addNoise(canvas, draws, grain);
  return sceneOf(canvas, placed);
}

function background({ size, clutter, digits, inks, side }: Recipe, draws: Draws): Canvas {
  const canvas = blank(size, draws.between(45, 210));
  addGradient(canvas, draws, 70 * clutter);
  addClouds(canvas, draws, 30 * clutter);
  const some = (most: number): number => draws.whole(0, Math.floor(most * clutter));
  addBlobs(canvas, draws, some(6), 40);
  addStrokes(canvas, draws, some(4), 50);
  addScratches(canvas, draws, some(6), 60);
  addBits(canvas, draws, digits, inks, some(5), side[0]);
  return canvas;
}

/** A digit that has found its place. */
interface Found {
  readonly digit: number;
  readonly patch: Patch;
}

/** Places that are tried for a digit. */
const TRIES = 40;

function place(recipe: Recipe, draws: Draws, canvas: Canvas, count: number): readonly Found[] {
  const { digits, perScene, overlap } = recipe;
  const taken = new Placed(canvas);
  const found: Found[] = [];
  for (let i = 0; i < count; i++) {
    const digit = draws.whole(0, digits.labels.length - 1);
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const patch = anywhere(recipe, draws, digit, attempt / TRIES);
      if (!patch || !taken.fits(patch, overlap)) continue;
      taken.add(patch, digits.labels[digit]!);
      found.push({ digit, patch });
      break;
    }
  }
  return found.length >= perScene[0] ? found : inCells(recipe, draws);
}

/** A digit somewhere on the canvas, smaller the longer room was looked for; none where it is larger than the canvas. */
function anywhere({ digits, inks, size, side, rotate }: Recipe, draws: Draws, digit: number, late: number): Patch | undefined {
  const part = partOf(inks, digit);
  const most = side[1] + late * (side[0] - side[1]);
  const pose = { scale: draws.between(side[0], most) / longer(part), turn: turnOf(draws.between(-rotate, rotate)), slant: 0 };
  const [across, down] = reachOf(part, pose).map((reach) => reach + 1) as [number, number];
  if (2 * across > size || 2 * down > size) return undefined;
  return glyphOf(digits, digit, part, { ...pose, x: draws.between(across, size - across), y: draws.between(down, size - down) });
}

/** As few digits as a scene must hold, as small as they may be, in rows: where chance has left no room. */
function inCells({ digits, inks, size, side, rotate, perScene }: Recipe, draws: Draws): readonly Found[] {
  const cells = cellsOf(size, side[0]);
  return Array.from({ length: perScene[0] }, (_, i) => {
    const digit = draws.whole(0, digits.labels.length - 1);
    const part = partOf(inks, digit);
    const [x, y] = [((i % cells) + 0.5) * (size / cells), (Math.floor(i / cells) + 0.5) * (size / cells)];
    return { digit, patch: glyphOf(digits, digit, part, { x, y, scale: side[0] / longer(part), turn: turnOf(draws.between(-rotate, rotate)), slant: 0 }) };
  });
}
