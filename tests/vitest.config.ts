import { availableParallelism } from 'node:os';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import type { BrowserProviderOption } from 'vitest/node';
import { FIREFOX, WEBKIT } from './browsers/commands.js';
import { nodeAnswer, nodeTraining } from './browsers/node-answer.js';
import { opener } from './browsers/opener.js';
import { CHROMIUM_ARGS, findChromium } from './support/chromium.js';

const root = new URL('..', import.meta.url).pathname;
const chromium = findChromium();
const inChromium = playwright({ launchOptions: { ...(chromium && { executablePath: chromium }), args: CHROMIUM_ARGS } });

/** Node 20 has relaxed SIMD, but behind a flag; later ones have it without and do not know the flag. */
const RELAXED = process.versions.node.startsWith('20.') ? ['--experimental-wasm-relaxed-simd'] : [];

const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** Folders whose tests run in a browser, in another project or by a script of their own. */
const OTHERS = ['bench', 'browser', 'browser-plain', 'browsers', 'endurance', 'golden', 'package', 'page', 'variants'];

/** A busy machine is no failure: these end what hangs, and nothing else. */
const PATIENT = { testTimeout: 180_000, hookTimeout: 180_000, expect: { poll: { timeout: 120_000 } } };

/** One for each core: by itself vitest leaves one of them idle, half of a machine of two. */
const maxWorkers = availableParallelism();

interface Pages {
  /** Where their tests are. */
  readonly folder?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Pages without COOP and COEP. */
const PLAIN: Pages = { folder: 'browser-plain', headers: {} };

/** The tests of pages, in one browser; isolated unless said otherwise. */
function inBrowser(
  name: string,
  browser: 'chromium' | 'firefox' | 'webkit',
  provider: BrowserProviderOption,
  { folder = 'browser', headers = ISOLATED }: Pages = {},
): TestProjectInlineConfiguration {
  return {
    root,
    server: { headers },
    resolve: { alias: [{ find: /^receptive$/, replacement: `${root}dist/web/all.js` }, { find: /^receptive\/(lessons|train)$/, replacement: `${root}dist/web/$1.js` }] },
    assetsInclude: ['**/*.safetensors'],
    // WebKit does not read `await using` yet.
    oxc: { target: 'es2022' },
    test: {
      name,
      include: [`tests/${folder}/**/*.test.ts`],
      benchmark: { include: ['tests/browsers/*.bench.ts'] },
      ...PATIENT,
      browser: { enabled: true, headless: true, screenshotFailures: false, commands: { nodeAnswer, nodeTraining }, instances: [{ browser }], provider },
    },
  };
}

export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        test: {
          name: 'node',
          include: ['tests/*/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...OTHERS.map((folder) => `tests/${folder}/**`)],
          ...PATIENT,
          maxWorkers,
        },
      },
      { root, test: { name: 'variants', include: ['tests/variants/**/*.test.ts'], ...PATIENT, maxWorkers, execArgv: RELAXED } },
      { root, test: { name: 'page', include: ['tests/page/**/*.test.ts'], globalSetup: ['tests/page/build.ts'], ...PATIENT } },
      { root, test: { name: 'golden', include: ['tests/golden/**/*.test.ts'], ...PATIENT, testTimeout: 3_600_000, execArgv: RELAXED } },
      inBrowser('browser', 'chromium', inChromium),
      inBrowser('browser-plain', 'chromium', inChromium, PLAIN),
      inBrowser('firefox', 'firefox', opener(FIREFOX)),
      inBrowser('firefox-plain', 'firefox', opener(FIREFOX), PLAIN),
      inBrowser('webkit', 'webkit', opener(WEBKIT)),
      inBrowser('webkit-plain', 'webkit', opener(WEBKIT), PLAIN),
    ],
  },
});
