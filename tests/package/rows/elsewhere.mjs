import { checkServed } from '../lib/browser.mjs';
import { createSite, LIBRARY } from '../lib/site.mjs';
import { fixture, write } from '../lib/project.mjs';
import { serve } from '../lib/serve.mjs';

export const title = 'a page without files of its own: the library from another origin (CORS)';

const ANYONE = { 'access-control-allow-origin': '*' };

export async function check(context) {
  const folder = await createSite(context);
  const other = await serve(folder, { headers: ANYONE });
  try {
    write(folder, { 'use.js': fixture('use.js', other.url + LIBRARY) });
    return (await checkServed(serve(folder))).said;
  } finally {
    other.stop();
  }
}
