// Keeps the frame of the page, and what a visitor opened, so that both open without a network. vite.config.ts fills in the two constants.
// Names of files carry a hash of their content, so a kept file is never stale; only the page itself is asked for anew.
const FRAME = __FRAME__;
const CACHE = `receptive-page-${__BUILD__}`;

addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(FRAME))
      .then(() => skipWaiting()),
  );
});

addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((keys) => Promise.all(keys.filter((key) => key.startsWith('receptive-page-') && key !== CACHE).map((key) => caches.delete(key))))
      .then(() => clients.claim()),
  );
});

// What a page fetched before this worker was there.
addEventListener('message', (event) => {
  const urls = (event.data?.keep ?? []).filter((url) => new URL(url).origin === location.origin);
  event.waitUntil(Promise.all(urls.map((url) => keep(new Request(url)).catch(() => undefined))));
});

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(request.mode === 'navigate' ? networkFirst(request) : keep(request));
});

async function keep(request) {
  const found = await caches.match(request);
  if (found) return found;
  const response = await fetch(request);
  if (response.status === 200) {
    const copy = response.clone();
    // A full disk is no reason to fail: then it is not there offline.
    caches.open(CACHE).then((cache) => cache.put(request, copy)).catch(() => undefined);
  }
  return response;
}

async function networkFirst(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const page = await caches.match('./');
    if (page) return page;
    throw error;
  }
}
