/** Networks as exporters write them, with weights made by a formula, against ONNX Runtime. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { threadedOf } from '../../ts/wasm/variant.js';
import { RUNNABLE } from '../golden/engine.js';
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
    const options = { variant, plan: { optimize } };
    test.each(SMALL)(`%s (${how})`, async (name) => {
      expect(await checkNet(join(NETS, name), { ...options, threads: 1 })).toEqual([]);
    });

    test(`single layers, exported (${how})`, async () => {
      const wrong: string[] = [];
      for (const name of netNames(OPERATORS)) {
        wrong.push(...(await checkNet(join(OPERATORS, name), { ...options, threads: 1 })).map((line) => `${name}: ${line}`));
      }
      expect(wrong).toEqual([]);
    });
  }
  if (threadedOf(variant)) {
    test.each(SMALL)(`%s (${variant}, 2 threads)`, async (name) => {
      expect(await checkNet(join(NETS, name), { variant, threads: 2 })).toEqual([]);
    });
  }
}
