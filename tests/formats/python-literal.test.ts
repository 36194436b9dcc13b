/** Literals of Python are read as Python itself reads them, and hostile texts are no literals. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { readPythonLiteral } from '../../ts/formats/python-literal.js';
import type { PythonValue } from '../../ts/formats/python-literal.js';

const { good, bad } = JSON.parse(readFileSync(new URL('python-literals.json', import.meta.url), 'utf8')) as {
  good: readonly { text: string; json: string }[];
  bad: readonly string[];
};

/** As JSON has it: keys are texts. */
function plain(value: PythonValue | undefined): unknown {
  if (Array.isArray(value)) return value.map(plain);
  return value instanceof Map ? Object.fromEntries([...(value as ReadonlyMap<string | number, PythonValue>)].map(([key, each]) => [String(key), plain(each)])) : value;
}

test.each(good)('$text', ({ text, json }) => {
  expect(plain(readPythonLiteral(text))).toEqual(JSON.parse(json));
});

test.each(bad)('%j is none', (text) => {
  expect(readPythonLiteral(text)).toBeUndefined();
});

it('reads JSON too', () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.dictionary(fc.string(), fc.integer()))), (value) => {
    expect(plain(readPythonLiteral(JSON.stringify(value)))).toEqual(JSON.parse(JSON.stringify(value)));
  }));
});

it('ends for any text', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'{}[](),:\'"\\0a -.eN') }), (text) => {
    readPythonLiteral(text);
  }), { numRuns: 2000 });
  for (const text of ['['.repeat(1e5), `'${'\\'.repeat(1e5 + 1)}`, `[${'1,'.repeat(5e5)}`, `'${'a'.repeat(1e6)}`, `{${"'a':".repeat(1e4)}`, 'x'.repeat(2 ** 21)]) {
    expect(readPythonLiteral(text)).toBeUndefined();
  }
});
