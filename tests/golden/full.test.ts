import { describe, expect, test } from 'vitest';
import * as models from '../../ts/models/index.js';
import { deviations, readGolden, RUNNABLE } from './check.js';

const NETS = {
  alexnet: models.alexnet,
  lenet5: models.lenet5,
  mobilenet_v2: models.mobilenet_v2,
  resnet18: models.resnet18,
  resnet34: models.resnet34,
  resnet50: models.resnet50,
  resnet101: models.resnet101,
  resnet152: models.resnet152,
  squeezenet1_1: models.squeezenet1_1,
  unet: models.unet,
  vgg11: models.vgg11,
  vgg16: models.vgg16,
  vgg16_bn: models.vgg16_bn,
  vgg19: models.vgg19,
  yolov3_tiny: models.yolov3_tiny,
};

/** One algorithm or variant alone: `RECEPTIVE_ALGORITHM=auto RECEPTIVE_VARIANT=relaxed`. */
const only = process.env['RECEPTIVE_ALGORITHM'];
const ALGORITHMS = (['auto', 'winograd', 'packed', 'im2col', 'naive'] as const).filter((name) => !only || name === only);

const VARIANTS = RUNNABLE.filter((variant) => variant === (process.env['RECEPTIVE_VARIANT'] ?? variant));

test('there is something to run', () => {
  expect(ALGORITHMS.length * VARIANTS.length).toBeGreaterThan(0);
});

describe.each(Object.entries(NETS))('%s agrees with PyTorch in float64', (name, build) => {
  const golden = readGolden(name);
  for (const variant of VARIANTS) {
    test.each(ALGORITHMS)(`${variant} %s`, (algorithm) => {
      expect(deviations(golden, build(), variant, algorithm)).toEqual([]);
    });
  }
});
