import { checkServed, checkThreads } from '../lib/browser.mjs';
import { serve } from '../lib/serve.mjs';
import { createSite, ISOLATED } from '../lib/site.mjs';

export const title = 'the same with COOP/COEP';

export async function check(context) {
  const page = "import { use } from './use.js';\nuse({ threads: 2 }).then((result) => Object.assign(globalThis, { result }), (error) => Object.assign(globalThis, { result: { error: String(error) } }));\n";
  const found = await checkServed(serve(await createSite(context, { 'page.js': page }), { headers: ISOLATED }));
  return checkThreads(found, true);
}
