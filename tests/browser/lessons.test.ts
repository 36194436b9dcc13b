/** The built entry in a page: its module lies beside it, and its errors are those of the library. */
import { GeometryError } from 'receptive';
import { LESSONS, openLessons } from 'receptive/lessons';
import { expect, it } from 'vitest';

it('computes the same by every lesson', async () => {
  const lessons = await openLessons();
  const shape = { channels: 2, height: 7, width: 9, outChannels: 3, kernel: 3, padding: 1 };
  const wave = (length: number, step: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i * step));
  const operands = { x: wave(126, 0.37), weights: wave(54, 0.73) };
  const { y: expected } = lessons.run('naive', shape, operands);
  expect(expected.length).toBe(189);
  for (const { name } of LESSONS) {
    const { y } = lessons.run(name, shape, operands);
    const close = y.every((value, i) => Math.abs(value - expected[i]!) <= 1e-5);
    expect([name, y.length, close]).toEqual([name, 189, true]);
  }
  expect(() => lessons.outputShape({ ...shape, kernel: 0 })).toThrow(GeometryError);
});
