import type { Batch } from '../../train/batch.js';
import { isTensor } from '../../tensor/tensor.js';

type Buffers = Set<ArrayBuffer>;

/**
 * A batch as it is posted, and the memory to hand over with it.
 * @param hand - whether the memory of the batch itself may be
 */
export function toPost({ x, y }: Batch, hand: boolean): { readonly batch: Batch; readonly buffers: ArrayBuffer[] } {
  const buffers: Buffers = new Set();
  const each = (value: unknown): unknown => {
    if (ArrayBuffer.isView(value)) return viewToPost(value as Uint8Array, hand, buffers);
    if (isTensor(value)) return { dtype: value.dtype, shape: [...value.shape], data: viewToPost(value.data as Uint8Array, hand, buffers) };
    if (Array.isArray(value)) return typeof value[0] === 'object' ? value.map(each) : value;
    return value;
  };
  const inputs = isTensor(x) || typeof x !== 'object' || x === null ? each(x) : Object.fromEntries(Object.entries(x).map(([name, value]) => [name, each(value)]));
  return { batch: { x: inputs, y: each(y) } as Batch, buffers: [...buffers] };
}

/** A copy, so that the caller may change what was given; or the caller's own, where that is handed over and is all of its memory. */
function viewToPost(view: Uint8Array, hand: boolean, buffers: Buffers): Uint8Array {
  const sent = hand && view.byteLength === view.buffer.byteLength ? view : view.slice();
  buffers.add(sent.buffer as ArrayBuffer);
  return sent;
}
