/** How long the page's thread is busy at a stretch, which is how long a page does not answer. */

/**
 * Timers beat while something runs; the longest time between two beats is the longest stretch.
 * Browsers let nested timers fire every 4 ms, so less than about 5 ms means that nothing was felt.
 */
export function startBeats() {
  let [last, longest, running] = [performance.now(), 0, true];
  const note = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const beat = () => {
    note();
    if (running) setTimeout(beat, 0);
  };
  setTimeout(beat, 0);
  return () => {
    running = false;
    note();
    return longest;
  };
}

/** Times a request and the longest stretch during it. */
export async function watched(request) {
  const stop = startBeats();
  const start = performance.now();
  await request();
  const ms = performance.now() - start;
  return { ms, gap: stop() };
}
