/** What `auto` chooses, against the times that tests/bench/choices.mjs recorded. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { conv2d, filterSpec } from '../../ts/contract/steps.js';
import { encode } from '../../ts/program/words.js';
import type { Instance } from '../../ts/wasm/instance.js';
import type { Variant } from '../../ts/wasm/variant.js';
import { openVariant, RUNNABLE } from '../golden/engine.js';

/**
 * Kernel, stride, map, C, OC, groups; for each variant times in percent of the fastest, by column, 0 where there is none; and the
 * column that `auto` took when the table was written.
 */
type Row = {
  readonly shape: readonly [number, number, number, number, number, number];
  readonly auto: Readonly<Record<Variant, number>>;
} & Readonly<Record<Variant, readonly number[]>>;

const { columns, shapes } = JSON.parse(readFileSync(new URL('../bench/results/choices.json', import.meta.url), 'utf8')) as {
  readonly columns: readonly string[];
  readonly shapes: readonly Row[];
};

/** Percent of the fastest that a choice may take. */
const MOST = 115;
/** Shapes for which it may take more, each why in tests/bench/results/README.md. */
const MORE: Readonly<Record<Variant, Readonly<Record<string, number>>>> = {
  scalar: {},
  simd: { '3,1,14,256,256,1': 120 },
  relaxed: {},
};

/** The algorithm that an engine runs such a layer by. */
function chosen({ engine }: Instance, [kernel, stride, map, c, oc, groups]: Row['shape']): string {
  const pad = (kernel - 1) / 2;
  const out = Math.floor((map - 1) / stride) + 1;
  const walk = { stride: [stride, stride], dilation: [1, 1] } as const;
  const spec = filterSpec({ kind: 'conv', dims: [oc, c / groups, kernel, kernel], groups, ...walk, map: [out, out], algorithm: 'auto' });
  const filter = engine.filter(Uint32Array.from(spec), new Float64Array(0));
  engine.filterRows(filter, 0, new Float32Array((oc * c * kernel * kernel) / groups));
  const window = { c, h: map, w: map, kernel: [kernel, kernel], pad: [pad, pad, pad, pad], ...walk, ceil: false } as const;
  const step = conv2d({ x: 0, y: 1, filter: { weight: filter }, n: 1, window, oc, groups, part: { row: oc, first: 0 } });
  const lens = [map * map * c, out * out * oc];
  const words = encode({ lens, inputs: [0], outputs: [1], steps: [{ ...step }] }, (slot) => slot);
  const program = engine.compile(words);
  const name = engine.algorithm(program, 0);
  engine.release(program);
  return name === 'pointwise' ? 'packed' : name.replace(', 5x5', '');
}

/** What an algorithm takes where there are others: infinitely much if it was not measured. */
const costOf = (times: readonly number[], column: number): number => times[column] || Infinity;

describe.each(RUNNABLE)('%s', (variant) => {
  const contested = shapes.filter((row) => row[variant].some((time) => time > 0));

  test('no single algorithm would do for all shapes of the table', () => {
    expect(shapes.length).toBeGreaterThan(180);
    expect(contested.length).toBeGreaterThan(170);
    for (const { shape, [variant]: times } of contested) expect(Math.min(...times.filter((time) => time > 0)), shape.join()).toBe(100);
    for (const column of columns.keys()) {
      const slow = contested.filter((row) => costOf(row[variant], column) > MOST);
      expect(slow.length, columns[column]).toBeGreaterThan(40);
      expect(contested.some((row) => row[variant][column] === 100), columns[column]).toBe(true);
    }
  });

  test('auto takes a fast algorithm for shapes of all kinds', () => {
    const instance = openVariant(variant);
    const choices = shapes.map((row) => ({ row, column: columns.indexOf(chosen(instance, row.shape)) }));
    instance.engine.free();
    const changed = choices.filter(({ row, column }) => row.auto[variant] !== column);
    expect(changed.map(({ row }) => row.shape.join()), 'node tests/bench/choices.mjs --only none').toEqual([]);
    const costs = choices.filter(({ row }) => contested.includes(row));
    const slow = costs.map(({ row, column }) => ({ shape: row.shape.join(), cost: costOf(row[variant], column) }));
    expect(slow.filter(({ shape, cost }) => cost > (MORE[variant][shape] ?? MOST))).toEqual([]);
  });

  test.each([[1, 1], [2, 2], [3, 3]])('few channels at 224x224 are no work for Winograd: %i to %i', (c, oc) => {
    const instance = openVariant(variant);
    if (variant !== 'scalar') expect(chosen(instance, [3, 1, 224, c, oc, 1])).toBe(c === 1 ? 'depthwise' : 'packed');
    instance.engine.free();
  });
});
