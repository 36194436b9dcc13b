import { createProject, fixture, run } from '../lib/project.mjs';

export const title = 'Jest in its CommonJS default: Node, and jsdom through receptive/inline';

const test = (entry) => `const { use } = require('./${entry}.cjs');
test('computes', async () => {
  const { values, onnx } = await use();
  expect(values).toHaveLength(4);
  expect(values.every(Number.isFinite)).toBe(true);
  expect(onnx).toEqual([0, 2, 0, 4]);
});
`;

function useOf(library) {
  const text = fixture('use.js', library).replace(/import (\{[^}]*\}) from ('[^']*');/, 'const $1 = require($2);');
  return `${text.replace('export async function use', 'async function use')}\nmodule.exports = { use };\n`;
}

const IN_JSDOM = '/** @jest-environment jsdom */\n';

export async function check(context) {
  const files = {
    'node.test.js': test('main'), 'jsdom.test.js': IN_JSDOM + test('inline'),
    'main.cjs': useOf('receptive'), 'inline.cjs': useOf('receptive/inline'),
  };
  const folder = await createProject(context, { packages: ['jest@30', 'jest-environment-jsdom@30'], files, type: 'commonjs' });
  await run(process.execPath, ['node_modules/jest/bin/jest.js', '--ci'], { cwd: folder });
  return '2 of 2 tests';
}
