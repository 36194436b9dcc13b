import { FormatError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';

const [QUOTE, LF, CR] = [0x22, 0x0a, 0x0d];

/** Where a cell lies in the bytes. */
interface Cell {
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

/** Reads the cells of a CSV file one after the other (RFC 4180; lines may end with LF alone). */
export class CsvCells {
  /** Of the next cell, from 1 on. */
  line = 1;
  private at = 0;
  private readonly separator: number;
  private readonly text = new TextDecoder();

  constructor(private readonly bytes: Uint8Array, separator: string, private readonly place: string) {
    this.separator = separator.charCodeAt(0);
    // A byte order mark.
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.at = 3;
    this.skipEmpty();
  }

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  /** The next line's cells as text. */
  texts(): string[] {
    const cells: string[] = [];
    this.row((_, cell) => cells.push(this.textOf(cell)));
    return cells;
  }

  /** Hands the cells of the next line to `take`. @returns how many they are */
  row(take: (column: number, cell: Cell) => void): number {
    let column = 0;
    for (;;) {
      const cell = this.cell();
      take(column++, cell);
      const end = this.bytes[this.at];
      if (end === this.separator) {
        this.at++;
        continue;
      }
      this.skipEmpty();
      return column;
    }
  }

  textOf({ start, end, quoted }: Cell): string {
    const text = this.text.decode(this.bytes.subarray(start, end));
    return quoted ? text.replaceAll('""', '"') : text.trim();
  }

  /** The number of a cell; NaN for what is none. */
  numberOf(cell: Cell): number {
    const { start, end } = cell;
    // Nearly all cells are a few digits.
    let value = 0;
    for (let i = start; i < end; i++) {
      const digit = this.bytes[i]! - 0x30;
      if (digit < 0 || digit > 9 || end - start > 15) return this.other(cell);
      value = value * 10 + digit;
    }
    return end > start ? value : NaN;
  }

  private other(cell: Cell): number {
    const text = this.textOf(cell).trim();
    return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : NaN;
  }

  private cell(): Cell {
    const { bytes, separator } = this;
    if (bytes[this.at] === QUOTE) return this.quoted();
    const start = this.at;
    while (this.at < bytes.length) {
      const byte = bytes[this.at];
      if (byte === separator || byte === LF || byte === CR) break;
      this.at++;
    }
    return { start, end: this.at, quoted: false };
  }

  private quoted(): Cell {
    const { bytes } = this;
    const start = ++this.at;
    while (this.at < bytes.length && (bytes[this.at] !== QUOTE || bytes[this.at + 1] === QUOTE)) {
      this.at += bytes[this.at] === QUOTE ? 2 : 1;
    }
    if (this.at >= bytes.length) wrong(`${this.place}: line ${this.line}`, 'a quote that closes', 'a file that ends too early', { as: FormatError });
    const end = this.at++;
    return { start, end, quoted: true };
  }

  /** To the next line that is not empty. */
  private skipEmpty(): void {
    for (let byte = this.bytes[this.at]; byte === LF || byte === CR; byte = this.bytes[++this.at]) if (byte === LF) this.line++;
  }
}
