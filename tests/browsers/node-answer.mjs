/** What Node answers, for the browsers to answer the same: `node node-answer.mjs VARIANT` prints a digest of the output's bits. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { load } from '../../dist/node/index.js';
import { numbers } from './numbers.mjs';

const model = await load(fileURLToPath(new URL('../../examples/assets/squeezenet1_1.safetensors', import.meta.url)), {
  variant: process.argv[2],
  threads: 1,
});
const [{ data }] = Object.values(await model.run(numbers(3 * 227 * 227)));
await model.dispose();
process.stdout.write(createHash('sha256').update(data).digest('hex'));
