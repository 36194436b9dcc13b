import { masksFromPrototypes } from '../segment/instances.js';
import type { Rectangle } from '../segment/instances.js';
import { inputSize } from '../segment/maps.js';
import type { InstanceMask } from '../segment/mask.js';
import type { Seen } from '../look.js';
import type { RawBoxes } from './head.js';

/**
 * The masks of boxes, where the head gives prototypes and weights of them.
 * @param kept - which of the raw boxes they are
 * @param boxes - as they lie on the photo
 */
export function instanceMasks({ masks }: Pick<RawBoxes, 'masks'>, kept: Uint32Array, boxes: readonly Rectangle[], seen: Pick<Seen, 'place' | 'full' | 'input'>): InstanceMask[] | undefined {
  if (!masks) return undefined;
  const { prototypes, coefficients } = masks;
  const { count } = prototypes;
  const chosen = new Float32Array(kept.length * count);
  kept.forEach((from, i) => chosen.set(coefficients.subarray(from * count, (from + 1) * count), i * count));
  return masksFromPrototypes(prototypes, chosen, boxes, { place: seen.place, full: seen.full, input: inputSize(seen) });
}
