/** The texts of the page: the same in both languages, short, and none outside of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

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
