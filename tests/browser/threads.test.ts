/// <reference types="vite/client" />
/** Threads in a page that is cross-origin isolated, as this project's server makes it. */
import { ArgumentError, conv2d, DisposedError, graph, input, load, relu, sequential, tensor } from 'receptive';
import type { Variant } from 'receptive';
import { describe, expect, it, vi } from 'vitest';
import modelUrl from '../../examples/assets/squeezenet1_1.safetensors?url';

const image = Float32Array.from({ length: 3 * 227 * 227 }, (_, i) => Math.sin(i * i));

const x = input([1, 4, 8, 8]);
const SMALL = graph({ x }, { y: sequential({ conv: conv2d(4, 4, 3, { padding: 1 }), relu: relu() })(x) });
const weights = {
  'conv.weight': tensor(new Float32Array(144).fill(0.01), [4, 4, 3, 3]),
  'conv.bias': tensor(new Float32Array(4), [4]),
};

/** WebKitGTK isolates the page and has no SharedArrayBuffer all the same. */
const SHARES = typeof SharedArrayBuffer === 'function';

if (!SHARES) it('where nothing can be shared there is one thread, and a reason', async () => {
  expect(crossOriginIsolated).toBe(true);
  const model = await load(modelUrl, { threads: 2 });
  expect([model.threads, model.threadsReason]).toEqual([1, 'this browser has no SharedArrayBuffer']);
  await model.dispose();
});

it('a page without SharedArrayBuffer loads all the same', async () => {
  vi.stubGlobal('SharedArrayBuffer', undefined);
  try {
    const model = await load(SMALL, { weights });
    expect((await model.run(new Float32Array(256).fill(1)))['y']?.data[9]).toBeCloseTo(0.36, 5);
    await model.dispose();
  } finally {
    vi.unstubAllGlobals();
  }
});

if (SHARES) describe('threads in a browser', () => {
  const variants: readonly Variant[] = ['simd', 'relaxed'];
  it.each(variants)('give the same bits, be they 1, 2 or 3 (%s)', async (variant) => {
    expect(crossOriginIsolated).toBe(true);
    const answers: string[] = [];
    for (const threads of [1, 2, 3]) {
      await using model = await load(modelUrl, { variant, threads });
      expect([model.threads, model.threadsReason, model.variant]).toEqual([threads, undefined, variant]);
      const [output] = Object.values(await model.run(image));
      expect(output?.data.buffer).toBeInstanceOf(ArrayBuffer);
      expect((output?.data as Float32Array).every(Number.isFinite)).toBe(true);
      answers.push(String(new Uint32Array(output?.data.buffer ?? new ArrayBuffer(0))));
    }
    expect(answers[0]).toMatch(/[1-9]/);
    expect(new Set(answers).size).toBe(1);
  });

  it('are by themselves those of the machine, four at the most', async () => {
    await using model = await load(modelUrl);
    expect(model.threads).toBe(Math.min(4, navigator.hardwareConcurrency));
    await using small = await load(SMALL, { weights });
    expect([small.threads, small.threadsReason]).toEqual([1, 'the model is too small for more']);
    await expect(load(SMALL, { weights, threads: 0 })).rejects.toBeInstanceOf(ArgumentError);
  });

  it('end with the model, in the middle of its work too, and leave the page usable', async () => {
    for (let round = 0; round < 10; round += 1) {
      const model = await load(SMALL, { weights, threads: 3 });
      const running = model.run(new Float32Array(256));
      running.catch(() => undefined);
      if (round % 2 === 0) await running;
      await model.dispose();
      if (round % 2 === 1) await expect(running).rejects.toBeInstanceOf(DisposedError);
    }
    await using model = await load(SMALL, { weights, threads: 2 });
    expect((await model.run(new Float32Array(256).fill(1)))['y']?.data[9]).toBeCloseTo(0.36, 5);
  });
});
