/** Whole networks forward and back, against PyTorch in float64; and that every network can be trained. */
import { describe, expect, test } from 'vitest';
import { learns } from '../../ts/train/session.js';
import type { Numbers } from '../../ts/train/session.js';
import { rulesOf } from '../../ts/train/nodes.js';
import { vjpOf } from '../../ts/train/vjp.js';
import { readGolden } from '../golden/check.js';
import { BUILDERS } from '../models/builders.js';
import { expectClose, made } from '../support/golden-values.js';
import type { ExpectedRecord } from '../support/golden-values.js';
import { openTrain } from '../support/train.js';
import cases from './golden/networks.json';

interface Case {
  readonly name: string;
  readonly shape: readonly number[];
  readonly output: string;
  readonly upstream: readonly number[];
  readonly expected: readonly ExpectedRecord[];
}

test.each(cases as readonly Case[])('$name: gradients of its input and of parameters', ({ name, shape, output, upstream, expected }) => {
  const graph = BUILDERS[name]!();
  const params = new Map(readGolden(name).params.map((record) => [record[0], record]));
  const weights = new Map<string, Numbers>(graph.params.map((param) => {
    const [, , offset, scale] = params.get(param.name)!;
    return [param.name, made({ formula: param.name, shape: param.shape, offset, scale })];
  }));
  const { gradients } = vjpOf(openTrain('simd'), graph, {
    weights, inputs: new Map([['input', made({ formula: 'input:input', shape })]]),
    upstream: new Map([[output, made({ formula: 'grad:output', shape: upstream })]]), training: false,
  });
  expectClose((of) => gradients.get(of === 'd.x' ? 'input' : of.slice(2)), expected);
  expect([...gradients.keys()].sort()).toEqual(['input', ...graph.params.map((param) => param.name).filter(learns)].sort());
});

describe('every network can be trained', () => {
  test.each(Object.entries(BUILDERS))('%s', (_, build) => {
    const graph = build();
    expect(rulesOf(graph)).toHaveLength(graph.nodes.length);
  });
});
