import { transferHandlers } from 'comlink';
import { fromWire, toWire } from '../base/errors.js';
import type { WireError } from '../base/errors.js';

/** comlink carries message, name and stack of what is thrown; ours also class, code and fields. Call on both sides. */
export function carryErrors(): void {
  const original = transferHandlers.get('throw');
  if (!original) throw new Error('comlink has no handler for thrown values');
  transferHandlers.set('throw', {
    canHandle: (value): value is never => original.canHandle(value),
    serialize: (thrown: { value: unknown }) => [toWire(thrown.value), []],
    deserialize: (wire: WireError) => {
      throw fromWire(wire);
    },
  });
}
