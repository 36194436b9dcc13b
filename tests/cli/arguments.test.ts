import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { inputSize, kernel, shape, wholeNumber } from '../../ts/cli/arguments.js';
import { bytes, count, ms, table } from '../../ts/cli/output.js';
import { spread } from '../../ts/cli/timing.js';

describe('arguments', () => {
  const good: [(text: string) => unknown, string, unknown][] = [
    [wholeNumber, '1', 1],
    [wholeNumber, '250', 250],
    [shape, '1,3,224,224', [1, 3, 224, 224]],
    [shape, '5', [5]],
    [inputSize, '56x57x64', { height: 56, width: 57, channels: 64 }],
    [kernel, 'sharpen', [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]],
    [kernel, 'edge', [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]],
    [kernel, '[[2]]', [[2]]],
  ];
  it.each(good)('%o reads %s', (parse, text, value) => {
    expect(parse(text)).toEqual(value);
  });

  it('blur sums to 1', () => {
    expect(kernel('blur').flat().reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });

  const bad: [(text: string) => unknown, string[]][] = [
    [wholeNumber, ['0', '-1', '1.5', 'two', '', '1e3', '99999999999999999999']],
    [shape, ['', '1,,3', '1,0', '1x3', '1,-3', '1,2.5', 'a']],
    [inputSize, ['56', '56x56', '0x1x1', '1x1x1x1', 'axbxc', '70000x1x1']],
    [kernel, ['soften', '', '[[1,2],[3,4]]', '[1,2,3]', '[[1,2,3]]', '[[null]]', '[["1"]]', '[]', '{}', 'constructor']],
  ];
  it.each(bad)('%o refuses what it cannot mean', (parse, texts) => {
    for (const text of texts) expect(() => parse(text), text).toThrow(InvalidArgumentError);
  });
});

describe('output', () => {
  it('lines columns up, numbers to the right', () => {
    expect(table([['name', 'ms'], ['conv', '1,234'], ['a', '7']])).toBe('name     ms\nconv  1,234\na         7');
    expect(table([])).toBe('');
  });

  it('writes numbers as people read them', () => {
    expect([count(1235496), count(0)]).toEqual(['1,235,496', '0']);
    expect([1234.4, 12.345, 1.2345, 0.0123].map(ms)).toEqual(['1234', '12.3', '1.23', '0.012']);
    expect([bytes(12), bytes(1500), bytes(7225344), bytes(2.5e9)]).toEqual(['12 B', '1.5 kB', '7.2 MB', '2.50 GB']);
  });

  it('median, quartiles and extremes', () => {
    expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4, quartiles: [1.75, 3.25] });
    expect(spread([5])).toEqual({ median: 5, min: 5, max: 5, quartiles: [5, 5] });
  });
});
