import { transfer } from 'comlink';
import type { Classification, ClassifyOptions } from '../engine/classify.js';
import { close } from '../image/transport.js';
import type { Sendable } from '../image/transport.js';
import { toTransportable } from '../image/transport.platform.js';
import type { ImageInput } from '../image/types.js';
import { checkAttached, isBuffer } from '../tensor/arrays.js';
import type { Start } from './dispatcher.js';

/** An image on its way to a worker. */
export interface SentImage {
  readonly start: Start<Classification>;
  /** To be called when the call is over, however it ended. */
  readonly free: () => void;
}

/**
 * Takes of an image what is sent: now, so that the caller may change it afterwards.
 * @param keeps - it may be sent more than once
 * @param locations - whether it may be an address
 */
export function sendImage(image: ImageInput, options: ClassifyOptions, { waits, keeps, locations }: { waits: boolean; keeps: boolean; locations: boolean }): SentImage {
  const called = performance.now();
  const given = waits ? snapshot(image) : image;
  const sent = toTransportable(given);
  const start: SentImage['start'] = async (api, call) => {
    const wait = performance.now() - called;
    const { image: own, draw } = await sent;
    const post = (posted: Sendable['image']) => api.classify(own === given || keeps ? posted : moved(posted), options, call, locations);
    let answer = await post(own);
    if ('least' in answer) {
      const drawn = await draw?.(answer.least);
      answer = await post(drawn as ImageInput).finally(() => close(drawn));
    }
    const done = answer as Classification;
    const total = performance.now() - called;
    return { ...done, ms: { ...done.ms, wait, transfer: total - wait - done.ms.total, total } };
  };
  return { start, free: () => void sent.then(({ image: own }) => own === given || close(own), () => undefined) };
}

/** A bitmap costs as much to clone as to make; a frame is shared in any case. */
function moved(image: Sendable['image']): Sendable['image'] {
  return typeof ImageBitmap === 'function' && image instanceof ImageBitmap ? transfer(image, [image]) : image;
}

/** Pixels in memory as they are now. Elements are drawn when the call is made, files and addresses stay what they are. */
function snapshot(image: ImageInput): ImageInput {
  const pixels: unknown = ArrayBuffer.isView(image) || isBuffer(image) ? image : Reflect.get(Object(image) as object, 'data');
  if (!ArrayBuffer.isView(pixels) && !isBuffer(pixels)) return image;
  checkAttached(isBuffer(pixels) ? pixels : pixels.buffer, 'image');
  return structuredClone(image);
}
