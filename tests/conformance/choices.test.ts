/** What `auto` chooses, against the times that tests/bench/choices.mjs recorded. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Instance } from '../../ts/engine/instance.js';
import { openVariant, RUNNABLE } from '../golden/engine.js';

/** Kernel, stride, map, C, OC, groups; and for each variant times in percent of the fastest, by column, 0 where there is none. */
type Row = { readonly shape: readonly [number, number, number, number, number, number] } & Readonly<
  Record<'scalar' | 'simd' | 'relaxed', readonly number[]>
>;

const { columns, shapes } = JSON.parse(readFileSync(new URL('../bench/results/choices.json', import.meta.url), 'utf8')) as {
  readonly columns: readonly string[];
  readonly shapes: readonly Row[];
};

/** Percent of the fastest that a choice may take, and for how many shapes the cost function is known to take more. */
const MOST = 115;
const MORE = { scalar: 7, simd: 8, relaxed: 11 };
const NONE = 0xffff_ffff;

/** The algorithm that an engine runs such a layer by. */
function chosen({ engine }: Instance, [kernel, stride, map, c, oc, groups]: Row['shape']): string {
  const pad = (kernel - 1) / 2;
  const out = Math.floor((map - 1) / stride) + 1;
  const filter = engine.filter(Uint32Array.of(0, oc, c / groups, kernel, kernel, groups, stride, stride, 1, 1, out, out, 0), new Float64Array(0));
  engine.filterRows(filter, 0, new Float32Array((oc * c * kernel * kernel) / groups));
  const window = [c, map, map, kernel, kernel, stride, stride, pad, pad, pad, pad, 1, 1, 0];
  const step = [0, 1, NONE, filter, NONE, 1, ...window, oc, groups, 0, 0, 0, oc, 0];
  const program = engine.compile(Uint32Array.of(0x3156_4352, 3, 2, 1, 1, 1, map * map * c, out * out * oc, 0, 1, 1, step.length, ...step));
  const name = engine.algorithm(program, 0);
  engine.release(program);
  return name === 'pointwise' ? 'packed' : name.replace(', 5x5', '');
}

describe.each(RUNNABLE)('%s', (variant) => {
  test('auto takes a fast algorithm for shapes of all kinds', () => {
    expect(shapes.length).toBeGreaterThan(180);
    const instance = openVariant(variant);
    const costs = shapes.map((row) => {
      const column = columns.indexOf(chosen(instance, row.shape));
      expect(column).toBeGreaterThanOrEqual(0);
      return { shape: row.shape.join(), cost: row[variant][column] ?? Infinity };
    });
    instance.engine.free();
    const slow = costs.filter(({ cost }) => cost > MOST);
    expect(slow.length, JSON.stringify(slow)).toBeLessThanOrEqual(MORE[variant]);
  });

  test.each([[1, 1], [2, 2], [3, 3]])('few channels at 224x224 are no work for Winograd: %i to %i', (c, oc) => {
    const instance = openVariant(variant);
    if (variant !== 'scalar') expect(chosen(instance, [3, 1, 224, c, oc, 1])).toBe('packed');
    instance.engine.free();
  });
});
