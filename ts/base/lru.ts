/** The most recently used values by key; the one unused for longest makes room. */
export class Lru<Value> {
  private readonly entries = new Map<string, Value>();

  /** @param onEvict - frees what a value holds */
  constructor(
    private readonly capacity: number,
    private readonly onEvict: (value: Value) => void,
  ) {}

  /** The value of a key, made if it is not there. If making it throws, nothing is kept and nothing evicted. */
  get(key: string, make: () => Value): Value {
    const found = this.entries.get(key);
    const value = found ?? make();
    // A Map iterates in the order of insertion: inserted anew, the key is the youngest.
    this.entries.delete(key);
    this.entries.set(key, value);
    this.trim();
    return value;
  }

  /** Evicts the one unused for longest, if there is one. */
  drop(): boolean {
    for (const [key, value] of this.entries) {
      this.entries.delete(key);
      this.onEvict(value);
      return true;
    }
    return false;
  }

  values(): Value[] {
    return [...this.entries.values()];
  }

  /** Evicts all. */
  clear(): void {
    for (const value of this.entries.values()) this.onEvict(value);
    this.entries.clear();
  }

  private trim(): void {
    while (this.entries.size > this.capacity) this.drop();
  }
}
