/** The ONNX project's own cases, outside of the engine and in it. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RUNNABLE } from '../golden/engine.js';
import { caseNames, failures, inEngine, onHost, unpacked } from './cases.js';

const NODES = join(unpacked('onnx-node'), 'node');
const MODELS = ['simple', 'pytorch-operator', 'pytorch-converted', 'light'].map((kind) => join(unpacked('onnx-models'), kind));

test('the cases are there', () => {
  expect(caseNames(NODES)).toHaveLength(1180);
  expect(MODELS.map((folder) => caseNames(folder).length)).toEqual([10, 34, 80, 9]);
});

test('operators outside of the engine', () => {
  expect(failures(NODES, onHost)).toEqual([]);
});

describe.each(RUNNABLE)('%s', (variant) => {
  test('operators, where the engine takes what it can', () => {
    expect(failures(NODES, inEngine(variant))).toEqual([]);
  });

  test.each(MODELS)('models in %s', (folder) => {
    expect(failures(folder, inEngine(variant))).toEqual([]);
  });
});
