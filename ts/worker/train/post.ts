import type { Batch } from '../../train/batch.js';

type Copy = (view: Uint8Array) => Uint8Array;

/**
 * A batch as it is posted, and the memory to hand over with it.
 * @param hand - whether the memory of the batch itself may be
 */
export function toPost(batch: Batch, hand: boolean): { readonly batch: Batch; readonly buffers: ArrayBuffer[] } {
  const buffers = new Set<ArrayBuffer>();
  const sent = each(batch, (view) => {
    // Memory that was handed over before is empty: Node 20 posts it, and the worker cannot read the message.
    if (view.byteLength === 0) return new (view.constructor as Uint8ArrayConstructor)(0);
    const own = hand && view.byteLength === view.buffer.byteLength ? view : view.slice();
    buffers.add(own.buffer as ArrayBuffer);
    return own;
  });
  return { batch: sent, buffers: [...buffers] };
}

/** Tensors, in lists or by name, as they are posted: posting a view would post all of the memory that it is of. */
export function copied<Value>(value: Value): Value {
  return each(value, (view) => view.slice());
}

function each<Value>(value: Value, copy: Copy): Value {
  if (ArrayBuffer.isView(value)) return copy(value as unknown as Uint8Array) as Value;
  if (Array.isArray(value)) return (typeof value[0] === 'object' ? value.map((one: unknown) => each(one, copy)) : value) as Value;
  if (value instanceof Map) return new Map(Array.from(value as ReadonlyMap<string, unknown>, ([name, one]) => [name, each(one, copy)])) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, each(one as unknown, copy)])) as Value;
}
