import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';
import { digits } from './digits.plugin.js';
import { plots } from './plots.plugin.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What the bundler says of a file it wrote. */
interface Built {
  readonly type: 'asset' | 'chunk';
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
  readonly viteMetadata?: { readonly importedCss: ReadonlySet<string> };
}

/** The files that the page needs before any chapter. */
function frameOf(bundle: Readonly<Record<string, Built>>): string[] {
  const files = new Set<string>();
  const add = (name: string): void => {
    const file = bundle[name];
    if (!file || files.has(name)) return;
    files.add(name);
    for (const css of file.viteMetadata?.importedCss ?? []) files.add(css);
    file.imports?.forEach(add);
  };
  for (const [name, { isEntry }] of Object.entries(bundle)) if (isEntry) add(name);
  return [...files].sort();
}

/** Writes the service worker with the list of the frame's files; a new build has a new name, so the old cache goes. */
function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const hash = createHash('sha256');
        for (const file of Object.values(bundle)) hash.update(file.type === 'asset' ? file.source : file.code);
        const listed = ['./', './icon.svg', './manifest.webmanifest', ...frameOf(bundle as unknown as Record<string, Built>).map((file) => `./${file}`)];
        const source = readFileSync(here('service-worker.js'), 'utf8')
          .replace('__FRAME__', JSON.stringify(listed))
          .replace('__BUILD__', JSON.stringify(hash.digest('hex').slice(0, 16)));
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source });
      },
    },
  };
}

/** The package's entries, as a page that installed it would find them. */
const ENTRIES = [
  [/^receptive$/, 'all'], [/^receptive\/train\/inline$/, 'train-inline'], [/^receptive\/(layers|models|image|lessons|inline|train|vision|save)$/, '$1'],
] as const;

export default defineConfig({
  root: here('.'),
  base: './',
  resolve: { alias: ENTRIES.map(([find, entry]) => ({ find, replacement: here(`../../dist/web/${entry}.js`) })) },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { outDir: here('../../.cache/page'), emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, manifest: true },
  worker: { format: 'es' },
  server: { fs: { allow: [here('../..')] } },
  plugins: [digits(), plots(), serviceWorker()],
});
