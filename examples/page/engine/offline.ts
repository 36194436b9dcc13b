/** The service worker keeps what was opened: see service-worker.js. */

/** Resolves once what is fetched passes through the service worker, or when waiting for it is no use. */
export let kept: Promise<void> = Promise.resolve();

/** Longest wait for the service worker of a first visit, in milliseconds: then it goes on without. */
const PATIENCE = 3000;

/** Vite's development server changes files: nothing is kept of them. */
export function keepOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  serviceWorker.register('./service-worker.js').catch(() => undefined);
  if (serviceWorker.controller) return;
  kept = new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE);
    serviceWorker.addEventListener('controllerchange', () => {
      clearTimeout(timer);
      // What was asked for before it was there did not pass through it, also where the answer comes later.
      const tell = (list: PerformanceObserverEntryList): void => serviceWorker.controller?.postMessage({ keep: list.getEntries().map(({ name }) => name) });
      new PerformanceObserver(tell).observe({ type: 'resource', buffered: true });
      resolve();
    }, { once: true });
  });
}
