import { describe, expect, it, vi } from 'vitest';
import * as errors from '../../ts/base/errors.js';
import { fromWire, toWire } from '../../ts/base/errors.js';

const CASES = [
  [errors.ShapeError, 'shape', 'ShapeError'],
  [errors.DtypeError, 'dtype', 'DtypeError'],
  [errors.ArgumentError, 'argument', 'ArgumentError'],
  [errors.GeometryError, 'geometry', 'GeometryError'],
  [errors.GraphError, 'graph', 'GraphError'],
  [errors.WeightsError, 'weights', 'WeightsError'],
  [errors.FormatError, 'format', 'FormatError'],
  [errors.ImageError, 'image', 'ImageError'],
  [errors.WasmError, 'wasm', 'WasmError'],
  [errors.EngineError, 'engine', 'EngineError'],
  [errors.WorkerError, 'worker', 'WorkerError'],
  [errors.OverloadedError, 'overloaded', 'OverloadedError'],
  [errors.IntegrityError, 'integrity', 'IntegrityError'],
  [errors.AbortedError, 'aborted', 'AbortError'],
  [errors.DisposedError, 'disposed', 'DisposedError'],
  [errors.UnsupportedError, 'unsupported', 'UnsupportedError'],
] as const;

/** The boundary clones what it carries. */
function across(error: unknown): Error {
  return fromWire(structuredClone(toWire(error)));
}

describe('errors', () => {
  it.each(CASES)('%o keeps class, code, name and fields across a boundary', (Class, code, name) => {
    const fields = { place: 'conv1', expected: '3', got: '1', hint: 'give colours', cause: new TypeError('why') };
    const error = across(new Class('conv1: expected 3, got 1', fields));
    expect(error).toBeInstanceOf(Class);
    expect(error).toBeInstanceOf(errors.ReceptiveError);
    expect(error).toMatchObject({ ...fields, code, name, message: 'conv1: expected 3, got 1', cause: { name: 'TypeError', message: 'why' } });
    expect(error.stack).toContain('errors.test');
  });

  it('has a class for every code', () => {
    const codes = CASES.map(([, code]) => code);
    expect(new Set(codes).size).toBe(CASES.length);
    const classes = Object.values(errors).filter((value) => typeof value === 'function' && value !== errors.ReceptiveError && value.prototype instanceof errors.ReceptiveError);
    expect(classes).toHaveLength(CASES.length);
  });

  it('are known by classes of another copy, by their code, but not by classes of users', async () => {
    vi.resetModules();
    const other = await import('../../ts/base/errors.js');
    expect(other.ShapeError).not.toBe(errors.ShapeError);
    const error: unknown = new other.ShapeError('x');
    const known = CASES.filter(([Class]) => error instanceof Class).map(([, code]) => code);
    expect([error instanceof errors.ReceptiveError, known]).toEqual([true, ['shape']]);
    class Mine extends errors.ShapeError {}
    expect([error instanceof Mine, new Mine('x') instanceof Mine, new Mine('x') instanceof other.ShapeError]).toEqual([false, true, true]);
    for (const none of [new Error('x'), null, undefined, 'shape', { code: 'shape' }]) expect(none instanceof errors.ReceptiveError).toBe(false);
    expect(Object.keys(new errors.ShapeError('x'))).not.toContain('Symbol(receptive.error)');
  });

  it('carries foreign errors by name, and what is no error as a message', () => {
    expect(across(new RangeError('too far'))).toMatchObject({ name: 'RangeError', message: 'too far' });
    expect(across('text').message).toBe('text');
    expect(across(undefined).message).toBe('undefined');
  });

  it('cuts a cyclic chain of causes', () => {
    const error = new Error('a');
    error.cause = error;
    expect(across(error).cause).toBeInstanceOf(Error);
  });
});
