/** The texts of the page: the same in both languages, short, and none outside of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';

const PAGE = fileURLToPath(new URL('../../examples/page/', import.meta.url));
const all = readdirSync(PAGE, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/')).sort();
const texts = all.filter((file) => /^(app|chapters\/[\w-]+)\/text\.ts$/.test(file));
const chapters = readdirSync(`${PAGE}chapters`);

type Text = { readonly [key: string]: string | ((...numbers: number[]) => string) | Text | readonly string[] };

/** Every text with its path; functions are called. */
function flat(text: Text, path = ''): (readonly [string, string])[] {
  return Object.entries(text).flatMap(([key, value]) => {
    const at = `${path}${key}`;
    if (typeof value === 'string') return [[at, value] as const];
    if (typeof value === 'function') return [[at, value(3, 4, 5, 6)] as const];
    return flat(value as Text, `${at}.`);
  });
}

/** Names, formulas, and words that are written alike. */
const ALIKE = /^[\d\s\p{P}\p{S}×a-zA-Z]{0,4}$|^(LeNet|AlexNet|VGG|ResNet|SqueezeNet|ReLU|YOLO|U-Net|R-CNN|Sobel|Grad-CAM|Winograd|im2col|English|한국어|Adam|AdamW|SGD)[\w\s().+-]*$/u;

describe('the texts of the page', () => {
  it('are of every chapter', () => {
    expect(texts.length).toBe(chapters.length + 1);
  });

  it.each(texts)('%s: as many in Korean, each translated, at most 120 words to read', async (file) => {
    const { text } = (await import(`${PAGE}${file}`)) as { text: { en: Text; ko: Text } };
    const [en, ko] = [flat(text.en), flat(text.ko)];
    expect(ko.map(([key]) => key)).toEqual(en.map(([key]) => key));
    en.forEach(([key, english], i) => {
      const korean = ko[i]![1];
      if (ALIKE.test(english)) return;
      if (korean === english) throw new Error(`${file}: ${key} is the same in both languages: ${english}`);
      if (key !== 'otherLanguage' && !/[가-힣]/.test(korean)) throw new Error(`${file}: ${key} has no Korean: ${korean}`);
    });
    const prose = en.filter(([key]) => /^(lead|task|question|answer)/.test(key)).map(([, words]) => words).join(' ');
    expect(prose.split(/\s+/).length).toBeLessThanOrEqual(120);
  });

  it.each(all.filter((file) => file.endsWith('.tsx')))('%s: shows no words of its own', (file) => {
    const source = readFileSync(`${PAGE}${file}`, 'utf8');
    const between = [...source.matchAll(/<\/?[\w.]+(?:\s[^<>]*?)?(?<!=)>([^<>{}]*[A-Za-z가-힣]{3,}[^<>{}]*)<\//g)].map(([, words]) => words);
    const attributes = [...source.matchAll(/\b(?:aria-label|title|alt|label|placeholder)="([^"]*[A-Za-z가-힣]{3,}[^"]*)"/g)].map(([, words]) => words);
    expect([...between, ...attributes]).toEqual([]);
  });
});

afterEach(() => vi.unstubAllGlobals());

describe('numbers', () => {
  it('are written as Intl writes them in both languages', async () => {
    vi.stubGlobal('document', { documentElement: {} });
    vi.stubGlobal('navigator', { languages: ['en'] });
    const { showNumber } = await import('../../examples/page/app/words.js');
    const values = [0, 7, -3.456, 0.005, 0.1 + 0.2, 12.5, 999.999, 1000, -1234.5, 61706, 138357544, 2.5e9, 1e-9];
    for (const language of ['en', 'ko']) {
      for (const digits of [0, 1, 2, 4]) {
        const format = new Intl.NumberFormat(language, { maximumFractionDigits: digits });
        // Intl keeps the sign of what rounds to nothing.
        expect(values.map((value) => showNumber(value, digits))).toEqual(values.map((value) => format.format(value).replace(/^-0$/, '0')));
      }
    }
  });

  it('are written as Intl writes parts, digits that count, and bytes', async () => {
    vi.stubGlobal('document', { documentElement: {} });
    vi.stubGlobal('navigator', { languages: ['en'] });
    const { language, showPercent, showSignificant } = await import('../../examples/page/app/words.js');
    const { showBytes } = await import('../../examples/page/ui/units.js');
    const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
    for (const now of ['en', 'ko'] as const) {
      language.value = now;
      for (const part of [0, 1, 0.5, 0.938, 0.8995, 0.123456, 0.001]) {
        for (const digits of [0, 1]) expect(showPercent(part, digits)).toBe(new Intl.NumberFormat(now, { style: 'percent', maximumFractionDigits: digits }).format(part));
      }
      for (const value of [0, 1, 12.34, 0.01234, 999.9, 123456]) expect(showSignificant(value)).toBe(new Intl.NumberFormat(now, { maximumSignificantDigits: 3 }).format(value));
      for (const bytes of [0, 1, 999, 1234, 123_456, 7_636_960, 2.5e9, 1.2345e12]) {
        const step = Math.min(3, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
        const format = new Intl.NumberFormat(now, { style: 'unit', unit: units[step]!, unitDisplay: step === 0 ? 'long' : 'short', maximumSignificantDigits: 3 });
        expect(showBytes(bytes)).toBe(format.format(bytes / 1000 ** step));
      }
    }
  });
});
