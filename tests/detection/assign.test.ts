/** Which cell finds which object: against the rule as numpy computes it, and what follows from it. */
import { describe, expect, test } from 'vitest';
import { ArgumentError } from '../../ts/base/errors.js';
import { assignCells, NOTHING } from '../../ts/detection/assign.js';
import type { GridOptions, TruthBox } from '../../ts/detection/assign.js';
import { yoloConstants } from '../../ts/detection/constants.js';
import { yoloTargets } from '../../ts/detection/targets.js';
import golden from './golden/assign.json';

interface Case {
  readonly size: [number, number];
  readonly strides: readonly number[];
  readonly radius: number;
  readonly boxes: readonly [number, number, number, number][];
  readonly cells: number;
  readonly owners: readonly [number, number][];
}

const cases = golden as unknown as readonly Case[];
const box = ([left, top, width, height]: readonly [number, number, number, number], index = 0): TruthBox => ({ left, top, width, height, index });

test('cells are assigned as the rule says', () => {
  const wrong = cases.filter(({ size, strides, radius, boxes, cells, owners }) => {
    const expected = new Int32Array(cells).fill(NOTHING);
    for (const [cell, owner] of owners) expected[cell] = owner;
    return String(assignCells(boxes.map((one) => box(one)), { size, strides, radius })) !== String(expected);
  });
  expect(wrong).toEqual([]);
  expect(cases.some(({ boxes, owners }) => boxes.length > 30 && owners.length > 100)).toBe(true);
});

const GRID: GridOptions = { size: [32, 32], strides: [8] };

describe('one object', () => {
  test('gets the cell that it lies in and the nearest beside, below and diagonally', () => {
    // The centre 13, 14 lies in column 1, row 1, whose centre is 12, 12.
    expect([...assignCells([box([11, 10, 4, 8])], GRID).entries()].filter(([, owner]) => owner === 0).map(([cell]) => cell)).toEqual([5, 6, 9, 10]);
  });

  test('gets its own cell with the smallest radius, on every edge', () => {
    for (const [x, y, cell] of [[0, 0, 0], [32, 0, 3], [0, 32, 12], [32, 32, 15], [31.9, 31.9, 15]] as const) {
      const owners = assignCells([box([x - 1, y - 1, 2, 2])], { ...GRID, radius: 0.5 });
      expect(owners[cell], `${x}, ${y}`).toBe(0);
    }
  });
});

describe('several levels', () => {
  const both: GridOptions = { size: [64, 64], strides: [8, 16] };
  test.each([[31.9, 0], [32, 1], [33, 1]])('an object of %s pixels belongs to level %s', (side, level) => {
    const owners = assignCells([box([32 - side / 2, 30, side, 4])], both);
    expect(new Set([...owners.entries()].filter(([, owner]) => owner === 0).map(([cell]) => Number(cell >= 64)))).toEqual(new Set([level]));
  });

  test('ranges may be others', () => {
    const owners = assignCells([box([30, 30, 40, 4])], { ...both, ranges: [[0, 50], [50, Infinity]] });
    expect(owners.findIndex((owner) => owner === 0)).toBeLessThan(64);
  });
});

test('what a network decodes of its targets are the boxes', () => {
  const { size, strides, radius, boxes, cells, owners } = cases.find((one) => one.strides.length === 2 && one.boxes.length === 12)!;
  const truths = boxes.map((one, i) => box(one, i % 3));
  const [codes, objectness, classes] = yoloTargets([[], truths], { size, strides, radius, classes: 3 });
  const [stride, cell] = yoloConstants({ size, strides }).map(({ bytes }) => new Float32Array(bytes.buffer));
  expect([codes.shape, objectness.shape, classes.shape]).toEqual([[2, 5, cells], [2, 1, cells], [2, 2, 3, cells]]);
  expect([codes, objectness, classes].map(({ data }) => data.subarray(0, data.length / 2).every((number) => number === 0))).toEqual([true, true, true]);
  expect(objectness.data.reduce((sum, one) => sum + one, 0)).toBe(owners.length);
  for (const [at, owner] of owners) {
    const row = (k: number): number => codes.data[(5 + k) * cells + at]!;
    const of = [0, 1, 2, 3].map((k) => row(k) * stride![at]! + cell![k * cells + at]!);
    const [left, top, width, height] = boxes[owner]!;
    [left + width / 2, top + height / 2, width, height].forEach((value, k) => expect(of[k]).toBeCloseTo(value, 4));
    expect(row(4)).toBe(1);
    expect([0, 1, 2].map((k) => classes.data[(6 + k) * cells + at])).toEqual([0, 1, 2].map((k) => Number(k === owner % 3)));
    expect([0, 1, 2].map((k) => classes.data[(9 + k) * cells + at])).toEqual([1, 1, 1]);
  }
});

describe('refused', () => {
  test.each<[string, readonly TruthBox[], GridOptions]>([
    ['boxes[0]: expected a box with a width and a height above 0', [box([1, 1, 0, 4])], GRID],
    ['boxes[0]: expected a box with a width and a height above 0', [box([1, 1, Number.NaN, 4])], GRID],
    ['boxes[0]: expected a box with a width and a height above 0', [box([1, 1, Infinity, 4])], GRID],
    ['boxes[1]: expected a box whose centre is in the image of 32 x 32', [box([1, 1, 4, 4]), box([31, 1, 4, 4])], GRID],
    ['size: expected multiples of the stride 8', [], { ...GRID, size: [32, 30] }],
    ['size: expected height and width', [], { ...GRID, size: [32] as unknown as [number, number] }],
    ['strides: expected a list', [], { ...GRID, strides: [] }],
    ['size: expected height and width in pixels, got [32, 32, 3]', [], { ...GRID, size: [32, 32, 3] as unknown as [number, number] }],
    ['strides: expected a list of strides in pixels, got [8, 0]', [], { ...GRID, strides: [8, 0] }],
    ['size: expected multiples of the stride 8, got [32, 30]', [], { ...GRID, size: [32, 30] }],
    ['size: expected an image of at most 16777216 cells, got 15625000000 of [1000000, 1000000]', [], { ...GRID, size: [1e6, 1e6] }],
    ['ranges[0]: expected two numbers of pixels, from and up to, got null', [], { ...GRID, ranges: [null as never] }],
    ['boxes: expected a list of objects, got null', null as never, GRID],
    ['boxes[0]: expected a box { left, top, width, height, index }, got null', [null as never], GRID],
    ['radius: expected a number from 0.5 on', [], { ...GRID, radius: 0 }],
    ['ranges: expected a range for each of 1 levels', [], { ...GRID, ranges: [] }],
    ['expected an option it has, got stride', [], { ...GRID, stride: 8 } as GridOptions],
  ])('%s', (message, boxes, options) => {
    expect(() => assignCells(boxes, options)).toThrow(ArgumentError);
    expect(() => assignCells(boxes, options)).toThrow(message);
  });

  test.each<[string, unknown, object]>([
    ['image 0: expected a list of its objects, got Object; give a list for each image', [box([1, 1, 4, 4])], {}],
    ['image 0: expected a list of its objects, got null', [null], {}],
    ['image 1: boxes[0]: expected a box { left, top, width, height, index }, got null', [[], [null]], {}],
    ['yoloTargets: size: expected an image of at most 16777216 cells', [[]], { size: [1e6, 1e6] }],
    ['yoloTargets: expected targets of at most 536870912 numbers, got 32000000000 for 1 images of 16 cells and 1000000000 classes', [[]], { classes: 1e9 }],
    ['yoloTargets: expected an option it has, got clases; did you mean classes?', [[]], { clases: 3 }],
    ['yoloTargets: expected an option it has, got depth; there are size, strides, radius, ranges, classes', [[]], { depth: 3 }],
  ])('%s', (message, images, options) => {
    const make = (): unknown => yoloTargets(images as never, { ...GRID, classes: 3, ...options });
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(message);
  });

  test('a class that there is not names the image', () => {
    expect(() => yoloTargets([[], [box([1, 1, 4, 4], 3)]], { ...GRID, classes: 3 })).toThrow('image 1: boxes[0].index: expected a class from 0 to 2, got 3');
    expect(() => yoloTargets([[box([90, 1, 4, 4])]], { ...GRID, classes: 3 })).toThrow('image 0: boxes[0]: expected a box whose centre is in the image');
    expect(() => yoloTargets([], { ...GRID, classes: 0 })).toThrow(ArgumentError);
  });
});
