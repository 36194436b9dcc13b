import { labelNames } from './labels.js';
import { typeName } from '../base/show.js';
import { failed, wrong } from '../base/wrong.js';

/**
 * Names of classes out of the text of a file: JSON of any form that `labels` takes, or one name a line.
 * @param place - what the text is, for messages
 * @throws ArgumentError that says which line, entry or index is wrong
 */
export function parseLabels(text: string, place = 'labels'): readonly string[] {
  if (typeof text !== 'string') wrong(place, 'the text of a file', typeName(text));
  const content = text.replace(/^\uFEFF/, '').trimEnd();
  if (/[\0\uFFFD]/.test(content)) wrong(place, 'a text in UTF-8', 'another encoding, or no text');
  if (/^\s*[[{]/.test(content)) return labelNames(parse(content, place), place);
  if (/^\s*<(!doctype|html|\?xml)/i.test(content)) wrong(place, 'JSON, or one name a line', 'a page');
  const lines = content === '' ? [] : content.split(/\r\n?|\n/).map((line) => line.trim());
  const empty = lines.indexOf('');
  if (empty >= 0) wrong(`${place}: line ${empty + 1}`, 'a name', 'nothing');
  return labelNames(lines, place);
}

function parse(json: string, place: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    failed(place, 'begins as JSON, but is none', got, { cause });
  }
  const twice = repeatedIndex(json);
  if (twice !== undefined) wrong(place, 'each index once', `${twice} twice`);
  return parsed;
}

/** An index that an object has twice: of the two `JSON.parse` would take the last. The text is well-formed. */
function repeatedIndex(json: string): string | undefined {
  const objects: Set<string>[] = [];
  for (const [token, , key] of json.matchAll(/("(\d+)"\s*:)|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') objects.push(new Set());
    else if (token === '}') objects.pop();
    else if (key !== undefined) {
      if (objects.at(-1)?.has(key)) return key;
      objects.at(-1)?.add(key);
    }
  }
  return undefined;
}
