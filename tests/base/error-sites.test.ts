/** Where errors are made: what was expected and what was got is said by `base/wrong.ts` alone, in the message and in the fields of one error. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../ts', import.meta.url));

/** The helpers themselves, what carries fields of one error over into another, and what the engine reports in words and a code of its own. */
const MAKERS = ['base/errors.ts', 'base/wrong.ts', 'session/failures.ts'];

/** Why an error does not say by the helper what was expected, or undefined if there is nothing to refuse. */
function bypass(made: ts.NewExpression): string | undefined {
  const [message, fields] = made.arguments ?? [];
  const named = fields && ts.isObjectLiteralExpression(fields) ? fields.properties.map((property) => property.name?.getText()) : [];
  if (named.includes('expected') || named.includes('got')) return 'has fields expected or got';
  if (message && /\wError$/.test(made.expression.getText()) && /\bexpected\b|\bgot\b/.test(message.getText())) return 'says what was expected, without fields';
  return undefined;
}

/** Each place of a source that makes an error of ours past the helper. */
function bypasses(name: string, source: string): string[] {
  const file = ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node)) {
      const why = bypass(node);
      if (why) found.push(`${name}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${why}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

test('every error of an expectation is made by wrong, mismatch, failed or failure', () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && !MAKERS.includes(name));
  expect(files.length).toBeGreaterThan(300);
  expect(files.flatMap((name) => bypasses(name, readFileSync(join(ROOT, name), 'utf8')))).toEqual([]);
});

test.each([
  ['fields of its own', "throw new ShapeError('x: no', { place: 'x', got: '3' });", ['a.ts:1 has fields expected or got']],
  ['shorthand fields', 'throw new ShapeError(said, { place, expected });', ['a.ts:1 has fields expected or got']],
  ['a class that is a value', 'throw new Failure(said, { place, expected, got });', ['a.ts:1 has fields expected or got']],
  ['words of its own', '\nconst error = new ShapeError(`x: expected 3, got ${n}`);', ['a.ts:2 says what was expected, without fields']],
  ['a state', "throw new DisposedError('the model has been disposed', { cause });", []],
  ['the helper', "wrong('x', '3', '4', { as: ShapeError });", []],
] as const)('sees %s', (_, source, found) => {
  expect(bypasses('a.ts', source)).toEqual(found);
});
