/** What a literal of Python says. */
export type PythonValue = string | number | boolean | null | readonly PythonValue[] | ReadonlyMap<string | number, PythonValue>;

/** Longer texts are not read, and values within values are no deeper. */
const MOST_CHARACTERS = 1 << 20;
const MOST_DEPTH = 8;

const WORDS: ReadonlyMap<string, PythonValue> = new Map<string, PythonValue>([
  ['True', true], ['False', false], ['None', null], ['true', true], ['false', false], ['null', null],
]);
const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', v: '\v', n: '\n', t: '\t', r: '\r', "'": "'", '"': '"', '\\': '\\' };

const STRING = /'([^'\\\n]*(?:\\.[^'\\\n]*)*)'|"([^"\\\n]*(?:\\.[^"\\\n]*)*)"/y;
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z]+/y;
const SPACE = /\s*/y;

/**
 * Reads a text such as `{0: 'person', 1: "bicycle"}`: strings, numbers, truth values, lists, tuples and dictionaries of them, as Python
 * and JSON write them. Nothing is evaluated.
 * @returns undefined for any other text
 */
export function readPythonLiteral(text: string): PythonValue | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  const reader = new Reader(text);
  const value = reader.value(0);
  return reader.atEnd() ? value : undefined;
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  atEnd(): boolean {
    this.take(SPACE);
    return this.at === this.text.length;
  }

  value(depth: number): PythonValue | undefined {
    this.take(SPACE);
    const character = this.text[this.at];
    if (character === undefined || depth > MOST_DEPTH) return undefined;
    if (character === '{') return this.dictionary(depth);
    if (character === '[') return this.list(']', depth);
    if (character === '(') return this.list(')', depth);
    const string = this.take(STRING);
    if (string) return unescaped(string[1] ?? string[2] ?? '');
    const number = this.take(NUMBER);
    if (number) return Number(number[0]);
    const word = this.take(WORD);
    return word ? WORDS.get(word[0]) : undefined;
  }

  private list(end: string, depth: number): readonly PythonValue[] | undefined {
    const items: PythonValue[] = [];
    const read = (): boolean => {
      const item = this.value(depth + 1);
      if (item !== undefined) items.push(item);
      return item !== undefined;
    };
    return this.items(end, read) ? items : undefined;
  }

  private dictionary(depth: number): ReadonlyMap<string | number, PythonValue> | undefined {
    const entries = new Map<string | number, PythonValue>();
    const read = (): boolean => {
      const key = this.value(depth + 1);
      const value = this.skip(':') ? this.value(depth + 1) : undefined;
      if ((typeof key !== 'string' && typeof key !== 'number') || value === undefined) return false;
      entries.set(key, value);
      return true;
    };
    return this.items('}', read) ? entries : undefined;
  }

  /** What stands between brackets, with commas between and perhaps behind. */
  private items(end: string, read: () => boolean): boolean {
    this.at += 1;
    for (;;) {
      if (this.skip(end)) return true;
      if (!read()) return false;
      if (!this.skip(',')) return this.skip(end);
    }
  }

  private skip(character: string): boolean {
    this.take(SPACE);
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found ?? undefined;
  }
}

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U(000[0-9a-fA-F]{5}|0010[0-9a-fA-F]{4})|(.))/g;

/** An escape that means nothing stays what it is, as in Python. */
function unescaped(text: string): string {
  return text.replace(ESCAPE, (whole, x?: string, u?: string, U?: string, other = '') => {
    const code = x ?? u ?? U;
    return code === undefined ? (ESCAPES[other as string] ?? whole) : String.fromCodePoint(parseInt(code, 16));
  });
}
