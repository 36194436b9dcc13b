import { mismatch } from '../base/wrong.js';
import { readFirst, writeFirst } from './first.js';

/** What is asked about photos, as JSON: the model and how it is asked. */
export type Question = Readonly<Record<string, unknown>>;

/**
 * Says what the answers of a folder are to, where nobody has said it before.
 * @throws ArgumentError where they are to another question: answers to both would lie beside each other, and no line says to which it is
 */
export async function expectQuestion(path: string, question: Question): Promise<void> {
  const asked = (await readFirst(path))?.value ?? (await writeFirst(path, question));
  const known = (typeof asked === 'object' && asked !== null ? asked : {}) as Question;
  const odd = [...new Set([...Object.keys(known), ...Object.keys(question)])].find((key) => JSON.stringify(known[key]) !== JSON.stringify(question[key]));
  if (odd === undefined) return;
  throw mismatch(`worker: ${odd}`, `${shown(known[odd])}, as of the results that are there`, shown(question[odd]), {
    hint: `ask as before, or put the photos into another queue and folder; ${path} has the question`,
  });
}

const shown = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value));
