/** Networks by their options: parameters and maps are torchvision's, and what has no meaning is refused. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { withOutputs } from '../../ts/entries/index.js';
import type { Graph } from '../../ts/graph/graph.js';
import * as models from '../../ts/models/index.js';
import { concreteShapes } from '../../ts/program/shapes.js';
import cases from './options.json' with { type: 'json' };

const build = models as unknown as Readonly<Record<string, (options: object) => Graph>>;

test.each(cases)('$name $options', ({ name, options, params, digest, module, shape }) => {
  const graph = build[name]!(options);
  const lines = graph.params.map((param) => `${param.name} ${param.shape.join()}`).sort();
  expect(lines.length).toBe(params);
  expect(createHash('sha256').update(lines.join('\n')).digest('hex')).toBe(digest);
  const value = graph.modules[module];
  expect(concreteShapes(graph, [[1, 3, 96, 128]])[value!]).toEqual(shape);
});

test('an early head keeps its parameters where only the last output is wanted', () => {
  const graph = models.googlenet({ auxLogits: true });
  expect(graph.outputs.map(({ name }) => name)).toEqual(['output', 'aux2', 'aux1']);
  expect(withOutputs(graph, ['output']).params).toEqual(graph.params);
});

test.each([
  ['an option of another network', () => models.resnet18({ replaceStrideWithDilation: [true, true, true] } as object), 'resnet18: expected an option it has, got replaceStrideWithDilation'],
  ['a dilation for each stage', () => models.resnet50({ replaceStrideWithDilation: [true] as unknown as [true, true, true] }), 'resnet50: replaceStrideWithDilation: expected three of true and false'],
  ['widths of nothing', () => models.mobilenet_v3_large({ widthMult: 0 }), 'mobilenet_v3_large: widthMult: expected a positive number, got 0'],
  ['widths without end', () => models.mobilenet_v3_small({ widthMult: Infinity }), 'mobilenet_v3_small: widthMult: expected a positive number'],
  ['a tail that is no flag', () => models.mobilenet_v3_small({ reducedTail: 1 as unknown as true }), 'reducedTail: expected true or false, got 1'],
  ['alpha below 0', () => models.mnasnet1_0({ alpha: -1 }), 'mnasnet1_0: alpha: expected a positive number, got -1'],
  ['dropout of more than all', () => models.efficientnet_b0({ dropout: 1.5 }), 'efficientnet_b0: dropout: expected a number from 0 to 1, got 1.5'],
  ['depth that is no number', () => models.convnext_tiny({ stochasticDepthProb: Number.NaN }), 'convnext_tiny: stochasticDepthProb: expected a number from 0 to 1, got NaN'],
  ['a scale that is no number', () => models.convnext_tiny({ layerScale: Infinity }), 'convnext_tiny: expected layerScale to be a finite number, got Infinity'],
  ['a rate that is no number', () => models.densenet121({ dropRate: '0' as unknown as 0 }), 'densenet121: dropRate: expected a number from 0 to 1, got "0"'],
  ['no classes', () => models.googlenet({ classes: 0 }), 'googlenet: expected classes to be a whole number from 1 on, got 0'],
  ['classes of a segmenter', () => models.fcn_resnet50({ classes: 1.5 }), 'fcn_resnet50: expected classes to be a whole number from 1 on, got 1.5'],
  ['an option by a wrong name', () => models.lraspp_mobilenet_v3_large({ auxLoss: true } as object), 'lraspp_mobilenet_v3_large: expected an option it has, got auxLoss'],
])('%s is refused', (_, make, message) => {
  expect(make).toThrow(message);
});
