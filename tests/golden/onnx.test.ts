/** All networks as exporters write them. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unpacked } from '../onnx/cases.js';
import { checkNet, netNames } from '../onnx/nets.js';
import { RUNNABLE } from './check.js';

const NETS = join(unpacked('nets'), 'onnx');

for (const variant of RUNNABLE.filter((name) => name === (process.env['RECEPTIVE_VARIANT'] ?? name))) {
  for (const optimize of [true, false]) {
    test.each(netNames(NETS))(`%s (${variant}${optimize ? '' : ', not optimised'})`, (name) => {
      expect(checkNet(join(NETS, name), variant, { plan: { optimize } })).toEqual([]);
    });
  }
}
