import type { Numbers } from '../../form/types.js';

/** Fewer than this are copied one by one: a view for each stretch would take longer. */
const FEW = 24;

/** Copies `count` numbers between two tensors of one type. */
export function copyNumbers(from: Numbers, start: number, to: Numbers, at: number, count: number): void {
  if (count > FEW) {
    // Both are of one array type; the compiler takes them for any two of the union.
    to.set(from.subarray(start, start + count), at);
    return;
  }
  for (let i = 0; i < count; i++) to[at + i] = from[start + i]!;
}
