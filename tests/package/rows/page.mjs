import { checkServed, checkThreads } from '../lib/browser.mjs';
import { serve } from '../lib/serve.mjs';
import { createSite } from '../lib/site.mjs';

export const title = '<script type="module">, static server, no COOP/COEP';

export async function check(context) {
  const found = await checkServed(serve(await createSite(context)));
  return checkThreads(found, false);
}
