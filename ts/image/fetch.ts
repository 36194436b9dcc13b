import { failed, wrong } from '../base/wrong.js';
import { statusHint, unreachedHint } from '../bytes/fetch-hints.js';
import { placeOf } from '../bytes/response.js';
import { ImageError } from '../base/errors.js';

/**
 * The bytes behind a URL.
 * @throws ImageError for a failed request or a status other than 2xx, naming the URL
 */
export async function fetchBytes(url: string): Promise<Uint8Array> {
  const place = placeOf(url);
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    const hint = /^(https?|data|blob):/i.test(url) ? unreachedHint(url) : 'http, https, data and blob URLs are read';
    failed(place, 'could not be fetched', String(cause), { as: ImageError, hint, cause });
  }
  if (!response.ok) {
    const got = `HTTP ${response.status}`;
    wrong(place, 'an image', got, { as: ImageError, hint: statusHint(response.status) });
  }
  return new Uint8Array(await response.arrayBuffer());
}
