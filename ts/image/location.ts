import { wrong } from '../base/wrong.js';

/** Whether a value is an address that would be followed: a string (path, http, data, blob URL) or a URL, of any realm. */
export function isLocation(value: unknown): boolean {
  return value instanceof URL || /^\[object (String|URL)\]$/.test(Object.prototype.toString.call(value));
}

/**
 * What was sent by others must never be followed: it could name files of this machine and servers that only it reaches.
 * @throws ArgumentError for a path or URL, which the message does not repeat
 */
export function expectNoLocation(image: unknown, place: string, hint: string): void {
  if (!isLocation(image)) return;
  const [expected, got] = ['bytes, a Blob or pixels', 'a path or URL'];
  wrong(place, expected, `${got}, which is not followed here`, { hint });
}
