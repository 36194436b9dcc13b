import type { Shown } from './transport.js';

/**
 * The bytes of an image that an element shows: of this origin from the browser's cache alone, of another (loaded with CORS)
 * from there if it can be. Undefined where they cannot be had so, or are none that this library decodes.
 */
export async function shownBytes({ shown, crossOrigin }: Shown): Promise<Blob | undefined> {
  const init: RequestInit = crossOrigin === null
    ? { mode: 'same-origin', cache: 'only-if-cached' }
    : { mode: 'cors', cache: 'force-cache', credentials: crossOrigin === 'use-credentials' ? 'include' : 'same-origin' };
  try {
    const response = await fetch(shown, init);
    // A stream of frames has a type of its own, and no end.
    const isImage = /^image\/(?!svg)/.test(response.headers.get('content-type') ?? '');
    if (response.ok && isImage) return await response.blob();
    await response.body?.cancel();
  } catch {
    // Not cached, revoked, of another origin, or refused by the page's policy.
  }
  return undefined;
}
