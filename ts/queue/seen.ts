import { createHash } from 'node:crypto';

/** The table is enlarged when so much of it is taken. */
const LOAD = 0.6;

/**
 * Which lines have been seen, by 64 bits of their digests: a table of open addresses, as a `Set` holds no more than 2^24. Of 100 million
 * lines two have the same bits with a probability of 0.0003; 27 bytes a line at the most.
 */
export class Seen {
  private slots = 1 << 12;
  private table = new Uint32Array(2 * this.slots);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** @returns whether it is new */
  add(line: string): boolean {
    const digest = createHash('sha256').update(line).digest();
    // Zeros mark a slot that is free.
    const [low, high] = [digest.readUInt32LE(0), digest.readUInt32LE(4) || 1];
    const slot = this.find(low, high);
    if (this.table[2 * slot + 1] !== 0) return false;
    this.put(slot, low, high);
    if (++this.count > LOAD * this.slots) this.enlarge();
    return true;
  }

  /** Where it is, or where it would be put. */
  private find(low: number, high: number): number {
    let slot = low & (this.slots - 1);
    while (this.table[2 * slot + 1] !== 0 && !(this.table[2 * slot] === low && this.table[2 * slot + 1] === high)) slot = (slot + 1) & (this.slots - 1);
    return slot;
  }

  private put(slot: number, low: number, high: number): void {
    this.table[2 * slot] = low;
    this.table[2 * slot + 1] = high;
  }

  private enlarge(): void {
    const before = this.table;
    this.slots *= 2;
    this.table = new Uint32Array(2 * this.slots);
    for (let at = 0; at < before.length; at += 2) {
      const [low, high] = [before[at]!, before[at + 1]!];
      if (high !== 0) this.put(this.find(low, high), low, high);
    }
  }
}
