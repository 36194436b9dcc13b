import type { Sendable } from './transport.js';
import type { ImageInput } from './types.js';

/** What the main thread hands to the worker; in Node every input can be posted as it is. */
export function toTransportable(input: ImageInput): Promise<Sendable> {
  return Promise.resolve({ image: input instanceof URL ? input.href : input });
}
