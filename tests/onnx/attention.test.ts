/** Attention: the ONNX project's cases, and those of onnxruntime's own operators, on the host and in the engine. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RUNNABLE } from '../golden/engine.js';
import { caseNames, failures, inEngine, onHost, unpacked } from './cases.js';

const FOLDERS = ['node', 'microsoft'].map((kind) => join(unpacked('onnx-attention'), kind));

test('the cases are there', () => expect(FOLDERS.map((folder) => caseNames(folder).length)).toEqual([93, 8]));

describe.each(FOLDERS)('%s', (folder) => {
  test('outside of the engine', () => expect(failures(folder, onHost)).toEqual([]));
  test.each(RUNNABLE)('%s', (variant) => expect(failures(folder, inEngine(variant))).toEqual([]));
});
