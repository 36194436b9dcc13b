import { ImageError } from '../errors.js';

/**
 * The bytes behind a URL.
 * @throws ImageError for a failed request or a status other than 2xx, naming the URL
 */
export async function fetchBytes(url: string): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (cause) {
    throw new ImageError(`${url}: could not be fetched (${String(cause)})`, { place: url, cause });
  }
  if (!response.ok) {
    const got = `HTTP ${response.status}`;
    throw new ImageError(`${url}: expected an image, got ${got}`, { place: url, expected: 'an image', got });
  }
  return new Uint8Array(await response.arrayBuffer());
}
