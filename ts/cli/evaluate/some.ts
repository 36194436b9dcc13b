/** As many of the indices as are wanted, evenly spread: files stand in the order of their classes. */
export function spread(length: number, limit: number | undefined): number[] {
  const count = Math.min(length, limit ?? length);
  return Array.from({ length: count }, (_, i) => Math.floor((i * length) / count));
}

/** What is at the indices, in their order. While one is looked at, the next is read. */
export async function* readAhead<Item>(indices: readonly number[], get: (index: number) => Promise<Item>): AsyncGenerator<Item, void, undefined> {
  const read = (at: number): Promise<Item> | undefined => {
    const item = at < indices.length ? get(indices[at]!) : undefined;
    // Nobody waits for it if the one before fails.
    item?.catch(() => undefined);
    return item;
  };
  for (let at = 0, next = read(0); next !== undefined; ) {
    const item = await next;
    next = read(++at);
    yield item;
  }
}
