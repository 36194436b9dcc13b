import { FormatError } from '../../base/errors.js';
import { checkOptions, optionNames } from '../../base/options.js';
import { showValue } from '../../base/show.js';
import { wrong } from '../../base/wrong.js';
import { arraysAt } from './arrays.js';
import { contentOf } from './bytes.js';
import type { FileContent } from './bytes.js';
import { expectSome } from './checks.js';
import { CsvCells } from './csv-cells.js';
import type { DatasetOptions } from './dataset.js';
import type { StoredDataset } from './stored.js';

/** How a table of pixels is read. */
export interface CsvOptions extends DatasetOptions {
  /** Columns of an image. */
  readonly width: number;
  /** Rows of an image. */
  readonly height: number;
  /** Channels, one after the other in a line of the table. Default 1. */
  readonly channels?: number | undefined;
  /** The column of the class, by name or by number from 0 on. Default: `label` where the table has such a column, else the first. */
  readonly label?: string | number | undefined;
  /** Whether the first line names the columns. Default: if it holds what is no number, beside the label. */
  readonly header?: boolean | undefined;
  /** Between the cells. Default a comma. */
  readonly separator?: string | undefined;
}

const OPTIONS = optionNames<CsvOptions>({
  width: true, height: true, channels: true, label: true, header: 'boolean', separator: true, classes: true, normalize: true,
});

/**
 * A data set of a table with an image in each line: its class, and its pixels row by row. Labels are class indices, or names.
 * @param table - text, or a file, which may be a gzip file
 * @throws FormatError naming the line, for another number of columns, what is no number, or a file that ends too early;
 *   DtypeError for what is neither text nor file; ArgumentError for labels without a class, a table without a line, or an option
 */
export async function fromCsv(table: string | FileContent, options: CsvOptions): Promise<StoredDataset> {
  checkOptions('fromCsv', options, OPTIONS);
  const { width, height, channels = 1, separator = ',', classes, normalize } = options ?? {};
  for (const [name, value] of Object.entries({ width, height, channels })) {
    if (!(Number.isSafeInteger(value) && value >= 1)) wrong(`fromCsv: ${name}`, 'a whole number from 1 on', showValue(value));
  }
  if (typeof separator !== 'string' || !/^[^"\r\n\d]$/.test(separator) || separator.charCodeAt(0) > 127) wrong('fromCsv: separator', 'one character, as , or ;', showValue(separator));
  const bytes = typeof table === 'string' ? new TextEncoder().encode(table) : await contentOf('table', table);
  const shape = [channels, height, width];
  const { pixels, labels } = new Table(bytes, separator, options, channels * height * width).read();
  return arraysAt('fromCsv', { x: pixels, y: labels, shape, classes, normalize });
}

class Table {
  private readonly labels: (number | string)[] = [];
  /** Bytes as long as all pixels are. */
  private pixels: Uint8Array | Float32Array = new Uint8Array(0);
  private rows = 0;
  private readonly label: number;
  private readonly cells: CsvCells;

  constructor(bytes: Uint8Array, separator: string, { label, header }: CsvOptions, private readonly each: number) {
    this.cells = new CsvCells(bytes, separator, 'table');
    const first = new CsvCells(bytes, separator, 'table');
    const names = first.done ? [] : first.texts();
    const named = header ?? names.filter((name) => name === '' || !Number.isFinite(Number(name))).length > 1;
    this.label = columnOf(named ? names : undefined, label, each + 1);
    if (named) this.cells.texts();
  }

  read(): { readonly pixels: Uint8Array | Float32Array; readonly labels: readonly number[] | readonly string[] } {
    while (!this.cells.done) this.row();
    expectSome('table', this.rows);
    const whole = this.labels.every((label) => typeof label === 'number');
    return {
      pixels: this.pixels.subarray(0, this.rows * this.each),
      labels: whole ? (this.labels) : this.labels.map(String),
    };
  }

  private row(): void {
    const { cells, each } = this;
    const { line } = cells;
    this.reserve();
    let to = this.rows * each;
    const end = to + each;
    const count = cells.row((column, cell) => {
      if (column === this.label) this.labels.push(labelOf(cells.textOf(cell)));
      else if (to < end) this.put(to++, cells.numberOf(cell), column, line, () => cells.textOf(cell));
    });
    this.rows++;
    if (count === each + 1) return;
    const got = cells.done && count <= each ? `a file that ends too early, after ${count}` : String(count);
    wrong(`table: line ${line}`, `${each + 1} columns, the label and ${each} pixels`, got, { as: FormatError });
  }

  private put(at: number, value: number, column: number, line: number, text: () => string): void {
    if (!Number.isFinite(value)) wrong(`table: line ${line}, column ${column}`, 'a number', JSON.stringify(text()), { as: FormatError });
    if (this.pixels instanceof Uint8Array && (value !== (value & 255))) this.pixels = Float32Array.from(this.pixels);
    this.pixels[at] = value;
  }

  /** Room for one more row. */
  private reserve(): void {
    const needed = (this.rows + 1) * this.each;
    if (needed <= this.pixels.length) return;
    const Type = this.pixels instanceof Uint8Array ? Uint8Array : Float32Array;
    const larger = new Type(Math.max(needed, 2 * this.pixels.length));
    larger.set(this.pixels);
    this.pixels = larger;
  }
}

/** Where the labels are. @throws ArgumentError for a column that is not there */
function columnOf(names: readonly string[] | undefined, label: string | number | undefined, count: number): number {
  if (label === undefined) return Math.max(0, names?.indexOf('label') ?? 0);
  if (typeof label === 'string') {
    const at = names?.indexOf(label) ?? -1;
    const some = names && (names.length > 8 ? `${names.slice(0, 4).join(', ')} ... ${names[names.length - 1]}` : names.join(', '));
    return at >= 0 ? at : wrong('fromCsv: label', names ? `one of the columns ${some}` : 'the number of a column, as the first line names none', label);
  }
  if (!(Number.isInteger(label) && label >= 0 && label < count)) wrong('fromCsv: label', `a column from 0 to ${count - 1}`, showValue(label));
  return label;
}

/** A whole number is a class index, all else a name. */
function labelOf(text: string): number | string {
  return /^-?\d+(\.0*)?$/.test(text) ? Number(text) : text;
}
