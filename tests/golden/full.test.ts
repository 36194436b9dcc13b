import { afterAll, describe, expect, test } from 'vitest';
import * as models from '../../ts/models/index.js';
import { deviations, readGolden } from './check.js';
import { ALGORITHMS, THREADS, VARIANTS } from './choice.js';

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

/** How often each way was compared: what ran is said, not what was meant to. */
const ran = new Map<string, number>();

afterAll(() => {
  const lines = [...ran].map(([how, nets]) => `  ${how}: ${nets} of ${Object.keys(NETS).length} networks`);
  console.log(['goldens compared with PyTorch:', ...lines].join('\n'));
});

describe.each(Object.entries(NETS))('%s agrees with PyTorch in float64', (name, build) => {
  const golden = readGolden(name);
  for (const variant of VARIANTS) {
    test.each(ALGORITHMS)(`${variant} %s`, async (algorithm) => {
      const how = `${variant}, ${algorithm}, threads: ${THREADS}`;
      expect(await deviations(golden, build(), { variant, algorithm, threads: THREADS })).toEqual([]);
      ran.set(how, (ran.get(how) ?? 0) + 1);
    });
  }
});
