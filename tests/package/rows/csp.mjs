import { checkServed } from '../lib/browser.mjs';
import { serve } from '../lib/serve.mjs';
import { createSite } from '../lib/site.mjs';

export const title = "strict CSP: no eval, no blob:, default-src 'none'";

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";

export async function check(context) {
  const page = (await createSite(context));
  const { said, complaints } = await checkServed(serve(page, { headers: { 'content-security-policy': POLICY } }));
  // The icon of the test page itself is a data: URL, which the policy refuses.
  const others = complaints.filter((text) => !/img-src|data:/.test(text));
  if (others.length > 0) throw new Error(`the page said: ${others.join('; ')}`);
  return said;
}
