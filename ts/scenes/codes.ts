import { checkOptions, optionNames } from '../base/options.js';
import { keyOf } from '../train/data/random.js';
import { turnOf } from './angle.js';
import type { Turn } from './angle.js';
import { addNoise } from './background.js';
import { drawLine, paint } from './canvas.js';
import type { Canvas, Patch, Range } from './canvas.js';
import { countOf, expectNumber, expectPair, expectWhole, MAX_SIZE } from './checks.js';
import { inksOf } from './digits.js';
import type { Digits, Inks } from './digits.js';
import { Draws, KINDS } from './draws.js';
import { envelope } from './envelope.js';
import { glyphOf, longer, partOf, reachOf } from './glyph.js';
import type { Part, Pose } from './glyph.js';
import { Placed } from './placed.js';
import { sceneOf } from './scene.js';
import type { Scene } from './scene.js';
import { sourceOf } from './source.js';
import type { Scenes } from './source.js';

/** What postal codes are like. */
export interface CodesOptions {
  /** The digits that codes are written with. */
  readonly digits: Digits;
  /** A whole number: the same codes for the same one, on every machine. Default 0. */
  readonly seed?: number | bigint | undefined;
  /** How many scenes. Default 2^32. */
  readonly count?: number | undefined;
  /** Pixels of a side, 64 to 4096. Default 128. */
  readonly size?: number | undefined;
  /** Pixels of the longer side of a digit's ink; rows that find no room are made smaller. Default: 1/7 to 1/5 of the size, 18 to 25 of 128. */
  readonly side?: readonly [number, number] | undefined;
  /** Degrees up to which the row is turned, 0 to 20. Default 8. */
  readonly rotate?: number | undefined;
  /** How much there is beside the code, 0 to 1. Default 1. */
  readonly clutter?: number | undefined;
}

const OPTIONS = optionNames<CodesOptions>({ digits: true, seed: true, count: true, size: true, side: true, rotate: true, clutter: true });

/** Digits of a code. */
const LENGTH = 5;

/** Pixels from the border within which nothing is written. */
const MARGIN = 2;

interface Recipe {
  readonly digits: Digits;
  readonly inks: Inks;
  readonly seed: bigint;
  readonly size: number;
  readonly side: readonly [number, number];
  readonly rotate: number;
  readonly clutter: number;
}

/**
 * Postal codes: five handwritten digits in a row, slightly slanted, as on an envelope. The digits of `boxes` stand from left to right,
 * and `code` says them. Scenes of one seed are all different; no scene depends on another one.
 * @throws ArgumentError for an option, and for digits that are none
 */
export function codes(options: CodesOptions): Scenes {
  checkOptions('codes', options, OPTIONS);
  const { digits, seed = 0, size = 128, rotate = 8, clutter = 1, count, side: given } = (options as CodesOptions | undefined) ?? ({} as CodesOptions);
  const inks = inksOf('codes', digits);
  expectWhole('codes: size', size, 64, MAX_SIZE);
  const side = given ?? [size / 7, size / 5];
  expectPair('codes: side', side, 8, MAX_SIZE);
  expectNumber('codes: rotate', rotate, 0, 20);
  expectNumber('codes: clutter', clutter, 0, 1);
  const recipe = { digits, inks, seed: keyOf('codes: seed', seed), size, side, rotate, clutter };
  return sourceOf('codes', countOf('codes', count), (index) => make(recipe, index));
}

function make(recipe: Recipe, index: number): Scene {
  const { digits, size, clutter } = recipe;
  const draws = new Draws(recipe.seed, KINDS.codes, index);
  const row = rowOf(recipe, draws);
  const { canvas, ink, paper } = envelope(size, draws, row, clutter);
  const grain = draws.between(1, 1 + 9 * clutter);
  if (draws.chance(0.25 * clutter)) addLine(canvas, row, draws, paper + 0.4 * (ink - paper));
  const placed = new Placed(canvas);
  for (const { digit, patch } of row.digits) {
    placed.add(patch, digits.labels[digit]!);
    // One pen writes all five, and presses a little more or less.
    paint(canvas, patch, ink + draws.between(-8, 8));
  }
  addNoise(canvas, draws, grain);
  return sceneOf(canvas, placed, row.digits.map(({ digit }) => digits.labels[digit]).join(''));
}

/** Where a row is written: the box around it, and more. */
interface Row extends Range {
  readonly digits: readonly { readonly digit: number; readonly patch: Patch }[];
  readonly turn: Turn;
  /** Its middle. */
  readonly x: number;
  readonly y: number;
  /** From end to end. */
  readonly length: number;
  /** Of a digit. */
  readonly height: number;
}

/** A digit of a row, relative to the middle of the row. */
interface Letter {
  readonly digit: number;
  readonly part: Part;
  readonly pose: Pose;
}

/** Five digits beside each other; the row lies anywhere on the canvas, as a whole. */
function rowOf(recipe: Recipe, draws: Draws): Row {
  const { digits, size, side, rotate } = recipe;
  const turn = turnOf(draws.between(-rotate, rotate));
  const slant = draws.between(-0.1, 0.35);
  const height = draws.between(side[0], side[1]);
  const { letters, length } = written(recipe, draws, { turn, slant, height });
  const reaches = letters.map(({ part, pose }) => reachOf(part, pose));
  // One pixel for what is rounded.
  const across = 1 + Math.max(...letters.map(({ pose }, i) => Math.abs(pose.x) + reaches[i]![0]));
  const down = 1 + Math.max(...letters.map(({ pose }, i) => Math.abs(pose.y) + reaches[i]![1]));
  const shrink = Math.min(1, (size / 2 - MARGIN) / Math.max(across, down));
  const free = (reach: number): number => draws.between(MARGIN + shrink * reach, size - MARGIN - shrink * reach);
  const [x, y] = [free(across), free(down)];
  return {
    turn, x, y, length: shrink * length, height: shrink * height,
    left: x - shrink * across, right: x + shrink * across, top: y - shrink * down, bottom: y + shrink * down,
    digits: letters.map(({ digit, part, pose }) => ({
      digit, patch: glyphOf(digits, digit, part, { ...pose, x: x + shrink * pose.x, y: y + shrink * pose.y, scale: shrink * pose.scale }),
    })),
  };
}

interface Hand {
  readonly turn: Turn;
  readonly slant: number;
  readonly height: number;
}

function written({ digits, inks }: Recipe, draws: Draws, { turn, slant, height }: Hand): { readonly letters: readonly Letter[]; readonly length: number } {
  const gap = draws.between(0.08, 0.35) * height;
  let along = 0;
  const drawn = Array.from({ length: LENGTH }, () => {
    const digit = draws.whole(0, digits.labels.length - 1);
    const part = partOf(inks, digit);
    const scale = (height * draws.between(0.9, 1.1)) / longer(part);
    const own = turnOf(draws.between(-5, 5));
    const width = scale * (part.right - part.left);
    const middle = along + width / 2;
    along += width + gap * draws.between(0.7, 1.3);
    return { digit, part, scale, own, middle, aside: draws.between(-0.06, 0.06) * height };
  });
  const letters = drawn.map(({ digit, part, scale, own, middle, aside }) => {
    const ahead = middle - along / 2;
    const pose = {
      x: turn.cos * ahead - turn.sin * aside, y: turn.sin * ahead + turn.cos * aside, scale, slant,
      turn: { cos: turn.cos * own.cos - turn.sin * own.sin, sin: turn.sin * own.cos + turn.cos * own.sin },
    };
    return { digit, part, pose };
  });
  return { letters, length: along };
}

/** The line that a code is written on. */
function addLine(canvas: Canvas, { turn: { cos, sin }, x, y, length, height }: Row, draws: Draws, value: number): void {
  const below = 0.5 * height + draws.between(2, 4);
  const half = length / 2 + 2;
  const [middleX, middleY] = [x - sin * below, y + cos * below];
  drawLine(canvas, { x0: middleX - half * cos, y0: middleY - half * sin, x1: middleX + half * cos, y1: middleY + half * sin, radius: 0.5 }, value, 0.8);
}
