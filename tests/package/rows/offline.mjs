import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { resultOf, withPage } from '../lib/browser.mjs';
import { verify } from '../lib/net.mjs';
import { write } from '../lib/project.mjs';
import { serve } from '../lib/serve.mjs';
import { createSite } from '../lib/site.mjs';

export const title = 'a service worker serves everything with the server gone';

const SERVICE_WORKER = (files) => `const FILES = ${JSON.stringify(files)};
self.addEventListener('install', (event) => event.waitUntil(caches.open('v1').then((cache) => cache.addAll(FILES))));
self.addEventListener('activate', (event) => event.waitUntil(clients.claim()));
self.addEventListener('fetch', (event) => event.respondWith(caches.match(event.request).then((found) => found ?? Response.error())));
`;

function filesOf(folder) {
  const dist = 'node_modules/receptive/dist';
  const names = ['web', 'wasm'].flatMap((part) => readdirSync(join(folder, dist, part)).map((name) => `/${dist}/${part}/${name}`));
  return ['/', '/page.js', '/use.js', ...names];
}

export async function check(context) {
  const folder = await createSite(context);
  write(folder, { 'sw.js': SERVICE_WORKER(filesOf(folder)) });
  const { url, stop } = await serve(folder);
  let running = true;
  try {
    return await withPage(async (page, complaints) => {
      await page.goto(url);
      await page.evaluate(() => navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => undefined));
      stop();
      running = false;
      await page.context().setOffline(true);
      await page.reload();
      return verify(await resultOf(page, complaints));
    });
  } finally {
    if (running) stop();
  }
}
