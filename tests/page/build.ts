/** Builds the page once for all files of tests. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The built page. */
export const BUILT = root('.cache/page');

/** Called by vitest before the first file. */
export default async function buildPage(): Promise<void> {
  // Vite takes import.meta.env.PROD from here, and the test runner says 'test': the page would leave out its service worker.
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    await build({ configFile: root('examples/page/vite.config.ts'), logLevel: 'error' });
  } finally {
    process.env['NODE_ENV'] = before;
  }
}
