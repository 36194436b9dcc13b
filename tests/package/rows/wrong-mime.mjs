import { checkServed } from '../lib/browser.mjs';
import { serve } from '../lib/serve.mjs';
import { createSite } from '../lib/site.mjs';

export const title = 'a server that calls .wasm text/plain';

export async function check(context) {
  const { said } = await checkServed(serve(await createSite(context), { types: { '.wasm': 'text/plain' } }));
  return said;
}
