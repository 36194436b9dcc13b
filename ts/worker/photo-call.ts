import { transfer } from 'comlink';
import type { PhotoCall, PhotoCallAnswer, PhotoCallOptions } from '../tasks/photo-tasks.js';
import { close } from '../image/transport.js';
import { stranger } from '../image/stranger.js';
import type { Shown } from '../image/transport.js';
import { asBytes, asRaw } from '../image/raw.js';
import { toTransportable } from '../image/transport.platform.js';
import type { ImageInput } from '../image/types.js';
import { isBuffer } from '../tensor/arrays.js';
import type { Start } from './dispatcher.js';
import { askWorkerPhoto } from './protocol.js';
import { isUnsendable } from './unsendable.js';

/** An image on its way to a worker. */
export interface SentImage<Name extends PhotoCall> {
  readonly start: Start<PhotoCallAnswer<Name>>;
  /** To be called when the call is over, however it ended. */
  readonly free: () => void;
}

/**
 * Takes of an image what is sent: now, so that the caller may change it afterwards.
 * @param how.keeps - it may be sent more than once
 * @param how.locations - whether it may be an address
 */
export function sendImage<Name extends PhotoCall>(
  name: Name, image: ImageInput, options: PhotoCallOptions<Name>, { keeps, locations }: { keeps: boolean; locations: boolean },
): SentImage<Name> {
  const called = performance.now();
  const given = snapshot(image);
  const sent = toTransportable(given);
  // Heard when its turn comes.
  sent.catch(() => undefined);
  const start: SentImage<Name>['start'] = async (api, call) => {
    const wait = performance.now() - called;
    const { image: own, shown, draw } = await sent;
    const isOurs = own !== given || given !== image;
    const post = async (posted: ImageInput | undefined, at?: Shown) => {
      const given = stranger(posted);
      // What it is would be lost on the way: Node 20 makes a plain object of a Response.
      if (given.trait && given.trait !== 'close' && !(asBytes(posted) ?? asRaw(posted))) await api.notAnImage(given, locations);
      try {
        return await askWorkerPhoto(api, name, [isOurs && !keeps ? moved(posted) : posted, options, call, locations, at]);
      } catch (error) {
        throw isUnsendable(error) ? await api.notAnImage(given, locations).catch((refused: unknown) => refused) : error;
      }
    };
    let answer = await post(own, shown);
    if ('least' in answer) {
      const drawn = await draw?.(answer.least);
      answer = await post(drawn).finally(() => close(drawn));
    }
    const done = answer as PhotoCallAnswer<Name>;
    const total = performance.now() - called;
    return { ...done, ms: { ...done.ms, wait, transfer: total - wait - done.ms.total, total } };
  };
  return { start, free: () => void sent.then(({ image: own }) => own === given || close(own), () => undefined) };
}

/** A bitmap, or bytes, cost as much to clone as to make; a frame is shared in any case. */
function moved(image: ImageInput | undefined): ImageInput | undefined {
  if (typeof ImageBitmap === 'function' && image instanceof ImageBitmap) return transfer(image, [image]);
  if (isBuffer(image)) return transfer(image, [image]);
  const pixels: unknown = ArrayBuffer.isView(image) ? image : Reflect.get(Object(image) as object, 'data');
  return ArrayBuffer.isView(pixels) && isBuffer(pixels.buffer) ? transfer(image as object as ImageInput & object, [pixels.buffer]) : image;
}

/** Pixels and bytes in memory as they are now. Elements are drawn when the call is made, files and addresses stay what they are. */
function snapshot(image: ImageInput): ImageInput {
  const bytes = asBytes(image);
  if (bytes) return bytes.slice();
  const raw = asRaw(image);
  return raw ? { ...raw, data: raw.data.slice() } : image;
}
