/** What may not hold up the page's thread, counted rather than timed: so it is the same on a busy machine. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WITHOUT_BROWSER } from '../support/chromium.js';
import { BUILT } from './build.js';
import { draw } from './drawing.js';
import { lecture } from './harness.js';
import type { Visit } from './harness.js';

interface Chunk {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly isDynamicEntry?: boolean;
  readonly imports?: readonly string[];
  readonly dynamicImports?: readonly string[];
}

/** Scripts that one `import()` reads in one task, in bytes; what those who ask for it have read before is left aside. */
function scripts(): ReadonlyMap<string, number> {
  const manifest = JSON.parse(readFileSync(join(BUILT, '.vite/manifest.json'), 'utf8')) as Readonly<Record<string, Chunk>>;
  const names = Object.keys(manifest);
  const closure = (name: string, seen = new Set<string>()): ReadonlySet<string> => {
    if (seen.has(name)) return seen;
    seen.add(name);
    for (const one of manifest[name]!.imports ?? []) closure(one, seen);
    return seen;
  };
  const bytes = (name: string): number => {
    const askers = names.filter((one) => manifest[one]!.dynamicImports?.includes(name)).map((one) => closure(one));
    return [...closure(name)].filter((one) => !askers.every((read) => read.has(one))).reduce((sum, one) => sum + statSync(join(BUILT, manifest[one]!.file)).size, 0);
  };
  return new Map(names.filter((name) => manifest[name]!.isDynamicEntry).map((name) => [name, bytes(name)]));
}

/** On a phone a task that reads so many bytes is near the 50 ms that a learner does not notice. */
const MOST = 160_000;
/** The first chapter is what a visitor waits for. */
const MOST_FIRST = 30_000;

const { visit } = lecture();
let at: Visit;

beforeEach(async () => {
  at = await visit();
});

afterEach(() => at.end());

describe.skipIf(WITHOUT_BROWSER)("the page's thread", () => {
  it('reads few scripts at once', () => {
    const sizes = scripts();
    expect([...sizes.keys()].filter((name) => name.endsWith('chapter.tsx'))).toHaveLength(14);
    expect([...sizes].filter(([, bytes]) => bytes > MOST)).toEqual([]);
    expect(sizes.get('chapters/01-pixels/chapter.tsx')).toBeLessThanOrEqual(MOST_FIRST);
  });

  it('does not ask Intl for numbers where a learner acts', async () => {
    await at.page.addInitScript(() => {
      const { NumberFormat } = Intl;
      Object.assign(globalThis, { asked: 0 });
      Intl.NumberFormat = new Proxy(NumberFormat, {
        construct: (target, args: ConstructorParameters<typeof NumberFormat>) => {
          Reflect.set(globalThis, 'asked', (Reflect.get(globalThis, 'asked') as number) + 1);
          return new target(...args);
        },
      });
    });
    const asked = (): Promise<number> => at.page.evaluate(() => Reflect.get(globalThis, 'asked') as number);
    await at.open('6-sharing');
    await at.page.getByText(/ kB|bytes/).first().waitFor();
    expect(await asked()).toBe(0);
    await at.page.goto('about:blank');
    await at.open('11-digits');
    await at.page.waitForSelector('.answers > p:not([role])');
    await draw(at.page, '7');
    await at.page.waitForSelector('section.digits[data-read="7"] .bars');
    expect(await asked()).toBe(0);
    await at.page.goto('about:blank');
    await at.open('12-train');
    await at.page.waitForSelector('section.train[data-step="0"] .figures');
    await at.page.locator('.plot canvas').first().waitFor();
    expect(await asked()).toBe(0);
  });

  it('moves nothing in the first chapter when its numbers come', async () => {
    await at.page.addInitScript(() => {
      Object.assign(globalThis, { moved: 0 });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) Reflect.set(globalThis, 'moved', (Reflect.get(globalThis, 'moved') as number) + (Reflect.get(entry, 'value') as number));
      }).observe({ type: 'layout-shift', buffered: true });
    });
    for (const [width, height] of [[412, 823], [1440, 900]] as const) {
      await at.page.setViewportSize({ width, height });
      await at.page.goto('about:blank');
      await at.open('1-pixels');
      await at.page.locator('figure.matrix td').nth(99).waitFor();
      await at.page.waitForFunction(() => /\d/.test(document.querySelector('.formula strong')?.textContent ?? ''));
      expect(await at.page.evaluate(() => Reflect.get(globalThis, 'moved') as number)).toBeLessThan(0.02);
    }
  });
});
