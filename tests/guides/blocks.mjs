/** README, the guides, and the blocks of code in them. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Paths from the root. */
export const GUIDES = readdirSync(`${ROOT}examples/guides`).filter((name) => name.endsWith('.md')).sort().map((name) => `examples/guides/${name}`);
export const DOCUMENTS = ['README.md', ...GUIDES];

export const textOf = (document) => readFileSync(ROOT + document, 'utf8');

/** The fenced blocks of a document. `prints` is the block of text right behind one, which is what it prints. */
export function blocksOf(document) {
  const text = textOf(document);
  return [...text.matchAll(/^```(\w*) *(\w*)\n([\s\S]*?)^```$/gm)].map(({ index, 0: whole, 1: language, 2: mark, 3: code }) => {
    const prints = /^\n\n```text\n([\s\S]*?)^```$/m.exec(text.slice(index + whole.length));
    const line = text.slice(0, index).split('\n').length;
    return { document, line, language, mark, code, prints: prints?.index === 0 ? prints[1] : undefined };
  });
}

/** The first block of a language behind a heading, or the one after so many. */
export function blockUnder(document, heading, language, after = 0) {
  const start = textOf(document).slice(0, textOf(document).indexOf(`\n## ${heading}\n`)).split('\n').length;
  const block = blocksOf(document).filter((block) => block.line > start && block.language === language)[after];
  if (!block) throw new Error(`${document} has no block of ${language} under ${heading}`);
  return block.code;
}
