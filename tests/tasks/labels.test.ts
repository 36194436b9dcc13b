import { describe, expect, test } from 'vitest';
import { labelNames } from '../../ts/tasks/labels.js';
import { parseLabels } from '../../ts/tasks/labels-text.js';
import { ArgumentError } from '../../ts/base/errors.js';

const NAMES = ['ant', 'bee', 'cat'];
const BY_INDEX = { 0: 'ant', 1: 'bee', 2: 'cat' };
const PAIRS = { 0: ['n1', 'ant'], 1: ['n2', 'bee'], 2: ['n3', 'cat'] };
const CONFIG = { architectures: ['Net'], id2label: BY_INDEX, label2id: { ant: 0, bee: 1, cat: 2 } };

const READ: readonly (readonly [string, string])[] = [
  ['an array', JSON.stringify(NAMES)],
  ['an array of pairs', JSON.stringify(Object.values(PAIRS))],
  ['an object', JSON.stringify(BY_INDEX)],
  ['an object in another order', '{"2": "cat", "0": "ant", "1": "bee"}'],
  ['a configuration', JSON.stringify(CONFIG, null, 2)],
  ['pairs', JSON.stringify(PAIRS, null, 2)],
  ['a mark before JSON', `\uFEFF ${JSON.stringify(BY_INDEX)}\r\n`],
  ['lines', 'ant\nbee\ncat'],
  ['lines with an end', 'ant\nbee\ncat\n\n'],
  ['lines of Windows with a mark', '\uFEFFant\r\nbee\r\ncat\r\n'],
  ['lines with blanks', ' ant\n\tbee \ncat'],
];

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ['nothing', ' \n', /names\.txt: expected names of classes, got none/],
  ['an empty array', '[]', /got none/],
  ['an empty object', '{}', /got none/],
  ['an empty line', 'ant\n\ncat', /names\.txt: line 2: expected a name, got nothing/],
  ['an empty first line', '\nant', /line 1: expected a name/],
  ['a number in an array', '["ant", 2]', /names\.txt: class 1: expected a name, got number/],
  ['null', '["ant", null]', /class 1: expected a name, got null/],
  ['objects', '[{"id": 0, "name": "ant"}]', /class 0: expected a name, got Object/],
  ['three in place of two', '{"0": ["a", "b", "c"]}', /class 0: expected a name, got Array/],
  ['a name in place of an index', '{"ant": 0}', /expected the indexes 0, 1, 2, \.\.\., got "ant"/],
  ['a fraction', '{"0": "ant", "1.5": "bee"}', /got "1\.5"/],
  ['a negative index', '{"-1": "ant"}', /got "-1"/],
  ['an index with zeros before it', '{"0": "ant", "01": "bee"}', /got "01"/],
  ['a hole', '{"0": "ant", "2": "cat"}', /expected the indexes 0 to 1, got 2 names, but none of index 1/],
  ['counting from 1', '{"1": "ant", "2": "bee"}', /none of index 0/],
  ['an index twice', '{"0": "ant", "1": "bee", "0": "cat"}', /expected each index once, got 0 twice/],
  ['an index twice, within', '{"id2label": {"0": "a \\"}{", "0": "b"}}', /0 twice/],
  ['id2label of another kind', '{"id2label": 5}', /names\.txt: id2label: expected a list of names, or an object of them by index, got number/],
  ['a wrong entry within', '{"id2label": {"0": 7}}', /id2label: class 0: expected a name, got number/],
  ['JSON that breaks off', '["ant", "be', /names\.txt: begins as JSON, but is none/],
  ['a page', '<!DOCTYPE html><p>404', /expected JSON, or one name a line, got a page/],
  ['another encoding', 'a\0n\0t\0', /expected a text in UTF-8/],
];

describe('the text of a file', () => {
  test.each(READ)('%s', (_, text) => {
    expect(parseLabels(text)).toEqual(NAMES);
  });

  test.each(REFUSED)('%s: refused', (_, text, message) => {
    expect(() => parseLabels(text, 'names.txt')).toThrow(ArgumentError);
    expect(() => parseLabels(text, 'names.txt')).toThrow(message);
  });

  test('the same index in two objects is no repetition', () => {
    expect(parseLabels('{"id2label": {"0": "ant"}, "other": {"0": "x"}, "nested": {"0": {"0": 1}}}')).toEqual(['ant']);
  });

  test('names may come twice, and may look like anything', () => {
    expect(parseLabels('["crane", "crane", "", "\\"0\\": x"]')).toEqual(['crane', 'crane', '', '"0": x']);
    expect(parseLabels('n01440764 tench, Tinca tinca\n0: person')).toEqual(['n01440764 tench, Tinca tinca', '0: person']);
  });
});

describe('the option', () => {
  test.each([[NAMES], [BY_INDEX], [PAIRS], [CONFIG]])('%j', (labels) => {
    expect(labelNames(labels)).toEqual(NAMES);
  });

  test('what is no list of names', () => {
    const sparse: string[] = ['ant'];
    sparse[2] = 'cat';
    for (const labels of [undefined, null, 5, 'ant', sparse, new Map(), new Uint8Array(2), [() => 'ant']]) expect(() => labelNames(labels)).toThrow(ArgumentError);
    expect(() => labelNames(sparse)).toThrow(/labels: class 1: expected a name, got undefined/);
  });
});
