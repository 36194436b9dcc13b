/** The table of operators in the guide is what runs. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { hostOp } from '../../ts/onnx/host/registry.js';
import { lowering } from '../../ts/ops/onnx.js';
import OPERATORS from './operators.json';

const guide = readFileSync(new URL('../../examples/guides/models.md', import.meta.url), 'utf8');
const section = guide.split('## Operators of ONNX')[1]!.split('\n## ')[0]!;
const names = (text: string): string[] => text.split(/[\s,]+/).filter((word) => OPERATORS.includes(word)).sort();
/** The paragraph behind the one that begins so. */
const behind = (start: string): string => section.split('\n\n')[section.split('\n\n').findIndex((paragraph) => paragraph.includes(start)) + 1] ?? '';
const named = (op: string) => ({ domain: '', op });

test('every operator stands in it once', () => {
  const rows = section.split('\n').filter((line) => line.startsWith('| ')).map((line) => line.split('|')[1]!).join(',');
  const [engine, host, none] = [names(behind('In the engine')), names(behind('On the host')), names(rows)];
  expect(OPERATORS).toHaveLength(203);
  expect([...engine, ...host, ...none].sort()).toEqual([...OPERATORS].sort());
  expect(engine).toEqual(OPERATORS.filter((op) => lowering(named(op))));
  expect(host).toEqual(OPERATORS.filter((op) => !lowering(named(op)) && hostOp(named(op))));
  expect(none).toEqual(OPERATORS.filter((op) => !lowering(named(op)) && !hostOp(named(op))));
});
