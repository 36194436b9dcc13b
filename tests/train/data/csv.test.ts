import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromCsv } from '../../../ts/train/data/csv.js';
import type { CsvOptions } from '../../../ts/train/data/csv.js';
import { caught } from './support.js';

const SIZE = { width: 2, height: 1 };
const pixels = async (table: string, options: Partial<CsvOptions> = {}): Promise<{ labels: number[]; x: number[]; classes: readonly string[] | undefined }> => {
  const data = await fromCsv(table, { ...SIZE, normalize: { scale: 1 }, ...options });
  return { labels: [...data.labels!], x: [...data.get([...Array(data.length).keys()]).x.data], classes: data.classes };
};

test.each<[string, string, Partial<CsvOptions>, object]>([
  ['a header', 'label,p0,p1\n3,0,255\n1,7,8\n', {}, { labels: [3, 1], x: [0, 255, 7, 8] }],
  ['no header', '3,0,255\n1,7,8', {}, { labels: [3, 1], x: [0, 255, 7, 8] }],
  ['a label elsewhere', 'p0,p1,label\r\n0,255,3\r\n7,8,1\r\n', {}, { labels: [3, 1], x: [0, 255, 7, 8] }],
  ['a label by name', 'p0,digit,p1\n0,3,255\n7,1,8\n', { label: 'digit' }, { labels: [3, 1], x: [0, 255, 7, 8] }],
  ['a label by number', '0,255,3\n7,8,1\n', { label: 2 }, { labels: [3, 1], x: [0, 255, 7, 8] }],
  ['a header that is all numbers', '0,1,2\n3,4,5\n', { header: true }, { labels: [3], x: [4, 5] }],
  ['names of classes', 'shoe,1,2\ncoat,3,4\n', {}, { labels: [1, 0], x: [1, 2, 3, 4], classes: ['coat', 'shoe'] }],
  ['names of classes, with quotes', '"a ""b"", c",1,"2"\n"d\ne",3,4', { header: false }, { labels: [0, 1], x: [1, 2, 3, 4], classes: ['a "b", c', 'd\ne'] }],
  ['another separator, blanks and empty lines', '\n\n 3; 1;2 \n\n4;3 ;4\n\n', { separator: ';' }, { labels: [3, 4], x: [1, 2, 3, 4] }],
  ['tabs and a byte order mark', '\ufefflabel\tp\tq\n1\t2\t3', { separator: '\t' }, { labels: [1], x: [2, 3] }],
  ['numbers of all kinds', '1,-0.5,+1e2\n1.0,.25,300\n', {}, { labels: [1, 1], x: [-0.5, 100, 0.25, 300] }],
])('%s', async (_, table, options, expected) => {
  expect(await pixels(table, options)).toMatchObject(expected);
});

test('bytes, packed and not, and channels', async () => {
  const table = '0,1,2,3,4\n1,5,6,7,8';
  const options = { ...SIZE, channels: 2 };
  const plain = await fromCsv(table, options);
  expect(plain.get([1]).x).toEqual({ dtype: 'float32', shape: [1, 2, 1, 2], data: Float32Array.of(5 / 255, 6 / 255, 7 / 255, 8 / 255) });
  for (const file of [new TextEncoder().encode(table), new Uint8Array(gzipSync(table)), new Blob([table])]) {
    expect((await fromCsv(file, options)).get([0, 1])).toEqual(plain.get([0, 1]));
  }
});

test('any table of numbers is read as it was written', async () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.float({ noNaN: true, noDefaultInfinity: true }));
  const row = fc.record({ label: fc.nat(9), values: fc.tuple(value, value), quoted: fc.boolean() });
  await fc.assert(fc.asyncProperty(fc.array(row, { minLength: 1 }), fc.constantFrom('\n', '\r\n'), fc.boolean(), async (rows, end, last) => {
    const lines = rows.map(({ label, values, quoted }) => [label, ...values].map((cell) => (quoted ? `"${cell}"` : String(cell))).join(','));
    const got = await pixels(lines.join(end) + (last ? end : ''));
    expect(got.labels).toEqual(rows.map(({ label }) => label));
    expect(got.x).toEqual(rows.flatMap(({ values }) => values.map((cell) => Math.fround(cell) + 0)).map((cell) => (Object.is(cell, -0) ? 0 : cell)));
  }));
});

test.each<[string, string, string, object]>([
  ['table: line 2: expected 3 columns, the label and 2 pixels, got 2', 'format', '1,2,3\n4,5\n6,7,8', {}],
  ['table: line 2: expected 3 columns, the label and 2 pixels, got 4', 'format', '1,2,3\n4,5,6,7', {}],
  ['table: line 3: expected 3 columns, the label and 2 pixels, got a file that ends too early, after 2', 'format', 'label,p,q\n1,2,3\n4,5', {}],
  ['table: line 2: expected a quote that closes, got a file that ends too early', 'format', '1,2,3\n4,"5', {}],
  ['table: line 4, column 2: expected a number, got "x7"', 'format', '1,2,3\n\n\n4,5,x7', {}],
  ['table: line 1, column 1: expected a number, got ""', 'format', '1,,3', {}],
  ['table: line 1, column 1: expected a number, got "NaN"', 'format', '1,NaN,3', {}],
  ['table: line 1, column 2: expected a number, got "1e999"', 'format', '1,2,1e999', {}],
  ['table: expected at least one example, got none; the data is empty', 'argument', '', {}],
  ['table: expected at least one example, got none; the data is empty', 'argument', 'label,p,q\n', {}],
  ['y[1]: expected a class from 0 to 1 (a, b), got 7', 'argument', '1,2,3\n7,2,3', { classes: ['a', 'b'] }],
  ['y[1]: expected one of a, b, got c', 'argument', 'a,2,3\nc,2,3', { classes: ['a', 'b'] }],
  ['fromCsv: label: expected one of the columns label, p, q, got digit', 'argument', 'label,p,q\n1,2,3', { label: 'digit' }],
  ['fromCsv: label: expected the number of a column, as the first line names none, got digit', 'argument', '1,2,3', { label: 'digit' }],
  ['fromCsv: label: expected a column from 0 to 2, got 3', 'argument', '1,2,3', { label: 3 }],
  ['fromCsv: width: expected a whole number from 1 on, got 0', 'argument', '1,2,3', { width: 0 }],
  ['fromCsv: separator: expected one character, as , or ;, got "::"', 'argument', '1,2,3', { separator: '::' }],
  ['fromCsv: expected an option it has, got headers; did you mean header?', 'argument', '1,2,3', { headers: true }],
])('refused: %s', async (message, code, table, options) => {
  expect(await caught(() => fromCsv(table, { ...SIZE, ...options }))).toMatchObject({ message, code });
});
