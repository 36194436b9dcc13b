import type { StreamOrder } from './dataset.js';

/** The stream of random numbers by which examples are drawn: those of augmentation are below it. */
const DRAWS = 64;

/** A stream in another order: of those that are held, one at random comes next, and its place is taken by the one after. */
export async function* shuffled<Item>(items: AsyncIterable<Item>, { random, round }: StreamOrder, buffer: number): AsyncGenerator<Item, void, undefined> {
  const held: Item[] = [];
  let numbers = new Float32Array(0);
  let drawn = 0;
  const draw = (): number => {
    // A longer series begins as a shorter one does.
    if (drawn === numbers.length) numbers = Float32Array.from(random.uniforms(DRAWS, round, Math.max(1024, 2 * drawn)));
    return Math.floor(numbers[drawn++]! * held.length);
  };
  for await (const item of items) {
    if (held.length === buffer) {
      const at = draw();
      yield held[at]!;
      held[at] = item;
    } else held.push(item);
  }
  while (held.length > 0) yield held.splice(draw(), 1)[0]!;
}
