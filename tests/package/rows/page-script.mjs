import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultOf, withPage } from '../lib/browser.mjs';
import { serve } from '../lib/serve.mjs';
import { createSite } from '../lib/site.mjs';

export const title = 'the page script alone (index.js) classifies a photo';

const PHOTO = new URL('../../../examples/assets/photos/coffee.png', import.meta.url);

const PAGE = `import { load } from '/node_modules/receptive/dist/web/index.js';
const model = await load('/node_modules/receptive/examples/assets/squeezenet1_1.safetensors');
const { top } = await model.classify('/coffee.png');
await model.dispose();
globalThis.result = { top };
`;

const ALLOWED = ['index.js', 'worker.js'];

export async function check(context) {
  const folder = await createSite(context, { 'page.js': PAGE });
  copyFileSync(PHOTO, join(folder, 'coffee.png'));
  const { url, stop } = await serve(folder);
  try {
    return await withPage(async (page, complaints) => {
      const scripts = [];
      page.context().on('request', (request) => scripts.push(...(/dist\/web\/(.*\.js)$/.exec(request.url())?.slice(1) ?? [])));
      await page.goto(url);
      const { top } = await resultOf(page, complaints);
      const [{ label, probability }] = top;
      if (label !== 'espresso' || !(probability > 0.9)) throw new Error(`expected espresso, got ${label} (${probability})`);
      const more = scripts.filter((name) => !ALLOWED.includes(name));
      if (more.length > 0) throw new Error(`the page also fetched ${more.join(', ')}`);
      return `${label}, ${probability.toFixed(3)}; fetched ${scripts.join(', ')}`;
    });
  } finally {
    stop();
  }
}
