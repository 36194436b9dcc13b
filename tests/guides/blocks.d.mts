/** Types of what the tests import. */
export interface Block {
  readonly document: string;
  /** The line of its fence. */
  readonly line: number;
  readonly language: string;
  /** A second word behind the language: `browser` for JavaScript that Node cannot run. */
  readonly mark: string;
  readonly code: string;
  readonly prints: string | undefined;
}
export const ROOT: string;
export const GUIDES: readonly string[];
export const DOCUMENTS: readonly string[];
export function textOf(document: string): string;
export function blocksOf(document: string): Block[];
export function blockUnder(document: string, heading: string, language: string, after?: number): string;
