// Keeps the files of one build in the cache, so that the page opens without a network. vite.config.ts fills in the two
// constants; their names carry a hash of their content, so a cached file is never stale, and only the page itself
// is asked for anew.
const FILES = __FILES__;
const CACHE = `receptive-page-${__BUILD__}`;

addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(FILES))
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

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(request.mode === 'navigate' ? networkFirst(request) : cacheFirst(request));
});

async function cacheFirst(request) {
  return (await caches.match(request)) ?? fetch(request);
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
