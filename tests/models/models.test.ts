import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Graph } from '../../ts/graph/graph.js';
import * as models from '../../ts/models/index.js';
import { readGolden } from '../golden/check.js';
import { BUILDERS } from './builders.js';

/** Of the other depths and norms of these there is a record of one. */
const SIBLINGS = ['vgg13', 'vgg11_bn', 'vgg13_bn', 'vgg19_bn'];
/** This project's own. */
const OWN = ['tinyYolo', 'tinyFasterRcnn'];
/** Of these the record has stages that run on other inputs: tests/golden/two-stage.ts compares them. */
const STAGED: Readonly<Record<string, () => Graph>> = { fasterrcnn_resnet50_fpn: models.fasterrcnn_resnet50_fpn };

test('every builder has a record, and every record a builder', () => {
  expect(Object.keys(BUILDERS).sort()).toEqual(Object.keys(models).filter((name) => ![...SIBLINGS, ...OWN].includes(name) && !Object.hasOwn(STAGED, name)).sort());
  const records = readdirSync(new URL('../golden/state', import.meta.url)).map((file) => file.replace('.json', ''));
  expect(records.sort()).toEqual(Object.keys({ ...BUILDERS, ...STAGED }).sort());
});

describe.each(Object.entries({ ...BUILDERS, ...STAGED }))('%s', (name, build) => {
  const golden = readGolden(name);
  const graph = build();

  test('has the parameters of the reference, by name and shape', () => {
    const expected = golden.params.filter(([param]) => !param.endsWith('num_batches_tracked'));
    const byName = (a: readonly [string, string], b: readonly [string, string]): number => (a[0] < b[0] ? -1 : 1);
    const got = graph.params.map((param): [string, string] => [param.name, param.shape.join()]);
    expect(got.sort(byName)).toEqual(expected.map(([param, shape]): [string, string] => [param, shape.join()]).sort(byName));
  });

  test('names the modules of the reference', () => {
    const activations = golden.cases.flatMap((testCase) => testCase.activations.map((activation) => activation.name));
    expect(activations.filter((activation) => graph.modules[activation] === undefined)).toEqual([]);
  });
});
