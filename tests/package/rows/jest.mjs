import { createProject, fixture, run } from '../lib/project.mjs';

export const title = 'Jest, CommonJS tests that import(): Node, and jsdom through receptive/embedded';

/** A CommonJS test. jsdom has neither workers nor fetch, so there the calling thread computes; nor TextDecoder, which Node has. */
const test = (environment, file) => `/** @jest-environment ${environment} */
Object.assign(globalThis, { TextDecoder: require('node:util').TextDecoder, TextEncoder: require('node:util').TextEncoder });
test('computes', async () => {
  const { use } = await import('./${file}');
  const { values, onnx } = await use();
  expect(values).toHaveLength(4);
  expect(values.every(Number.isFinite)).toBe(true);
  expect(onnx).toEqual([0, 2, 0, 4]);
});
`;

const FILES = {
  'node.test.js': test('node', 'use.mjs'), 'use.mjs': fixture('use.js'),
  'jsdom.test.js': test('jsdom', 'embedded.mjs'), 'embedded.mjs': fixture('use.js', 'receptive/embedded'),
};

export async function check(context) {
  const folder = await createProject(context, { packages: ['jest@30', 'jest-environment-jsdom@30'], files: FILES, type: 'commonjs' });
  // Jest loads ES modules behind this flag alone.
  const args = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--ci'];
  await run(process.execPath, args, { cwd: folder, env: { NODE_OPTIONS: '' } });
  return '2 tests';
}
