import { describe, expect, test } from 'vitest';
import * as models from '../../ts/models/index.js';
import { readGolden } from '../golden/check.js';

const NAMES = [
  'alexnet', 'lenet5', 'mobilenet_v2', 'resnet18', 'resnet34', 'resnet50', 'resnet101', 'resnet152', 'squeezenet1_1', 'unet',
  'vgg11', 'vgg16', 'vgg16_bn', 'vgg19', 'yolov3_tiny',
] as const;

describe.each(NAMES)('%s', (name) => {
  const golden = readGolden(name);
  const graph = models[name]();

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
