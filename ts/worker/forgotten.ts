/** What can be ended once nobody asks it anything any more. */
export interface Endable {
  /** Ends it as soon as the calls that still run have been answered. */
  abandon(): void;
}

let warned = false;

const registry = new FinalizationRegistry<Endable>((forgotten) => {
  forgotten.abandon();
  if (warned) return;
  warned = true;
  console.warn('receptive: a model or a trainer was forgotten and its worker ended; call dispose() when done, which frees the memory at once');
});

/**
 * A safety net: ends the workers behind `owner` when it is collected as garbage without having been disposed of, and warns about
 * the first one. When that is, and whether it comes to it at all, is up to the JavaScript engine.
 * @param endable - must not hold `owner`, nor be what holds it
 */
export function watchOver(owner: object, endable: Endable): void {
  registry.register(owner, endable, owner);
}

/** It was disposed of. */
export function stopWatching(owner: object): void {
  registry.unregister(owner);
}
