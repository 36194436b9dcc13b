/** All networks as exporters write them. */
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { unpacked } from '../onnx/cases.js';
import { checkNet, netNames } from '../onnx/nets.js';
import { THREADS, VARIANTS } from './choice.js';

const NETS = join(unpacked('nets'), 'onnx');
const names = netNames(NETS);
const ran = new Map<string, number>();

afterAll(() => {
  const lines = [...ran].map(([how, nets]) => `  ${how}: ${nets} of ${names.length} networks`);
  console.log(['networks compared with ONNX Runtime:', ...lines].join('\n'));
});

for (const variant of VARIANTS) {
  for (const optimize of [true, false]) {
    test.each(names)(`%s (${variant}${optimize ? '' : ', not optimised'})`, async (name) => {
      expect(await checkNet(join(NETS, name), { variant, threads: THREADS, plan: { optimize } })).toEqual([]);
      const how = `${variant}${optimize ? '' : ', not optimised'}, threads: ${THREADS}`;
      ran.set(how, (ran.get(how) ?? 0) + 1);
    });
  }
}
