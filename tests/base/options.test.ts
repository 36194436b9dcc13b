import { expect, expectTypeOf, test } from 'vitest';
import { ArgumentError } from '../../ts/base/errors.js';
import { checkOptions, nearest, optionNames } from '../../ts/base/options.js';

const KNOWN = { stride: true, padding: true, dilation: true, groups: true, bias: 'boolean', name: true } as const;

function caught(call: () => void): ArgumentError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    return error as ArgumentError;
  }
  throw new Error('expected an error');
}

test('known options and no options pass', () => {
  checkOptions('conv2d', undefined, KNOWN);
  checkOptions('conv2d', {}, KNOWN);
  checkOptions('conv2d', { stride: 2, bias: undefined }, KNOWN);
});

test('an unknown option is refused with the nearest name', () => {
  const error = caught(() => checkOptions('conv2d', { strides: 2 }, KNOWN));
  expect(error.message).toBe('conv2d: expected an option it has, got strides; did you mean stride?');
  expect(error).toMatchObject({ code: 'argument', place: 'conv2d', got: 'strides', hint: 'did you mean stride?' });
});

test('an option that is near to none gets the list of those there are', () => {
  const error = caught(() => checkOptions('conv2d', { kernelSize: 3 }, KNOWN));
  expect(error.message).toBe('conv2d: expected an option it has, got kernelSize; there are stride, padding, dilation, groups, bias, name');
});

test.each([
  [null, 'null'], [2, 'a number'], ['stride', 'a string'], [[2], 'an array'], [() => 2, 'a function'], [Symbol('x'), 'a symbol'],
])('%s is no object of options', (given, got) => {
  expect(caught(() => checkOptions('conv2d', given, KNOWN)).message).toBe(
    `conv2d: expected an object of options (${Object.keys(KNOWN).join(', ')}), got ${got}`,
  );
});

test.each([
  ['strides', 'stride'], ['Padding', 'padding'], ['pad', 'padding'], ['group', 'groups'], ['stide', 'stride'], ['dilatoin', 'dilation'],
  ['x', undefined], ['biases', 'bias'], ['kernel', undefined], ['s'.repeat(1e6), undefined], ['', undefined],
])('nearest to %s is %s', (name, near) => {
  expect(nearest(name, Object.keys(KNOWN))).toBe(near);
});

test('the list of names and the type cannot drift apart', () => {
  interface Options { readonly a?: number; readonly b?: boolean | undefined; readonly c?: boolean | string }
  expect(Object.keys(optionNames<Options>({ a: true, b: 'boolean', c: true }))).toEqual(['a', 'b', 'c']);
  expectTypeOf<Parameters<typeof optionNames<Options>>[0]>().toEqualTypeOf<{ readonly a: true; readonly b: 'boolean'; readonly c: true }>();
});

test.each([
  [{ bias: 'no' }, 'conv2d: bias: expected true or false, got "no"'], [{ bias: 0 }, 'conv2d: bias: expected true or false, got 0'],
  [{ bias: null }, 'conv2d: bias: expected true or false, got null'], [{ stride: null }, 'conv2d: stride: expected a value or undefined, got null'],
])('%j has a value of another kind', (options, message) => {
  const place = `conv2d: ${Object.keys(options)[0]}`;
  expect(caught(() => checkOptions('conv2d', options, KNOWN))).toMatchObject({ message, code: 'argument', place });
});
