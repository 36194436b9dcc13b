import { expect, test } from 'vitest';
import {
  accountOf, median, ratiosOf, relativeDifference, roofOf, roundsFor, statistics, verdictsOf,
} from '../bench/arithmetic.mjs';

const engine = (name: string, ms: number): { name: string; times: { median: number } } => ({ name, times: { median: ms } });

test('medians of odd and even numbers of values', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 3, 100])).toBe(3.5);
  expect(median([])).toBeNaN();
});

test('the spread is of the same values', () => {
  expect(statistics([5, 1, 4, 2, 3])).toEqual({ median: 3, min: 1, max: 5, quartiles: [2, 4], rounds: 5 });
});

test('rounds fill the time, within their bounds', () => {
  expect([roundsFor(1000, 8, 30), roundsFor(5000, 8, 30), roundsFor(1, 8, 30), roundsFor(1, 8, 500)]).toEqual([8, 5, 30, 500]);
});

test('differences are relative to the largest value, and NaN where anything is', () => {
  expect(relativeDifference([1, -4, 2], [1, -4, 3])).toBe(0.25);
  expect(relativeDifference([0, 0], [0, 0])).toBe(0);
  expect(relativeDifference([1, 2], [1, NaN])).toBeNaN();
  expect(relativeDifference([NaN, 2], [1, 2])).toBeNaN();
  expect(relativeDifference([1, 2], [1])).toBeNaN();
});

test('ratios are against the better of two WebAssembly rivals, against LiteRT and against native', () => {
  const engines = [
    engine('receptive', 10), engine('receptive, worker', 10.5), engine('onnxruntime-web', 60), engine('tfjs-wasm', 40),
    engine('onnxruntime-node', 20), engine('litert', 30), engine('receptive, wide', 5),
  ];
  expect(ratiosOf(engines)).toEqual({ bestWeb: 'tfjs-wasm', web: 4, litert: 3, native: 0.5, worker: 0.5, wide: 0.5, wideWeb: 8, wideNative: 0.25 });
});

test('what did not run has no ratio and no verdict', () => {
  const ratios = ratiosOf([engine('receptive', 10), { name: 'tfjs-wasm' }]);
  expect(ratios).toEqual({ bestWeb: undefined, web: undefined, litert: undefined, native: undefined, worker: undefined });
  expect(verdictsOf({ web: 3, native: 1 }, ratios)).toEqual({ web: undefined, native: undefined, worker: undefined });
  expect(ratiosOf([{ name: 'receptive' }, engine('tfjs-wasm', 5)]).web).toBeUndefined();
});

test('a target is met from its value on, whichever direction is better', () => {
  const target = { web: 5, native: 0.7, worker: 0.15, wide: { web: 8, native: 0.5 } };
  expect(verdictsOf(target, { wideWeb: 8, wideNative: 0.51 })).toEqual({ wideWeb: true, wideNative: false });
  expect(verdictsOf(target, { web: 5, native: 0.7, worker: 0.15 })).toEqual({ web: true, native: true, worker: true });
  expect(verdictsOf(target, { web: 4.99, native: 0.71, worker: 0.2 })).toEqual({ web: false, native: false, worker: false });
  expect(verdictsOf(undefined, { web: 5, native: 0.7 })).toEqual({ web: undefined, native: undefined, worker: undefined });
});

test('the roof that takes longer binds', () => {
  expect(roofOf({ flops: 100e6, bytes: 10e6 }, { gflops: 50, gbps: 20 })).toEqual({ ms: 2, bound: 'compute' });
  expect(roofOf({ flops: 10e6, bytes: 100e6 }, { gflops: 50, gbps: 20 })).toEqual({ ms: 5, bound: 'memory' });
});

test('an account sums the layers and says what each target would need', () => {
  const layers = [{ ms: 3, roofMs: 2, bound: 'compute' }, { ms: 1, roofMs: 0.5, bound: 'memory' }, { ms: 0.25 }];
  const engines = [engine('receptive', 4), engine('onnxruntime-web', 12), engine('tfjs-wasm', 10), engine('onnxruntime-node', 2)];
  const account = accountOf({ engines, layers, target: { web: 5, native: 0.5 } });
  expect(account).toEqual({ ms: 4.25, roof: 2.5, memoryBound: 1, needed: { web: 2, native: 1 } });
  expect(accountOf({ engines: [engine('receptive', 4)], layers }).needed).toEqual({ web: undefined, native: undefined });
});
