/** Networks as exporters write them, with weights made by a formula, against ONNX Runtime. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RUNNABLE } from '../golden/check.js';
import { unpacked } from './cases.js';
import { checkNet, netNames } from './nets.js';

const NETS = join(unpacked('nets'), 'onnx');
const OPERATORS = join(unpacked('nets'), 'onnx-ops');

/** Small ones; `npm run golden` has all. */
const SMALL = ['espcn', 'lenet5', 'lenet5_qdq', 'mini_resnet_fp16', 'mini_resnet_qoperator', 'mobilenetv3_small_050', 'squeezenet1_1', 'unet_bilinear_pad'];

test('the networks are there', () => {
  expect(netNames(OPERATORS)).toHaveLength(126);
  expect(netNames(NETS)).toHaveLength(28);
});

for (const variant of RUNNABLE) {
  for (const optimize of [true, false]) {
    const how = `${variant}${optimize ? '' : ', not optimised'}`;
    test.each(SMALL)(`%s (${how})`, (name) => {
      expect(checkNet(join(NETS, name), variant, { plan: { optimize } })).toEqual([]);
    });

    test(`single layers, exported (${how})`, () => {
      const wrong = netNames(OPERATORS).flatMap((name) => checkNet(join(OPERATORS, name), variant, { plan: { optimize } }).map((line) => `${name}: ${line}`));
      expect(wrong).toEqual([]);
    });
  }
}
