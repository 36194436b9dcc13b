import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import type { Plugin } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Writes the service worker with the list of all built files; a new build has a new name, so the old cache goes. */
function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const files = Object.keys(bundle).sort();
        const hash = createHash('sha256');
        for (const file of Object.values(bundle)) hash.update(file.type === 'asset' ? file.source : file.code);
        const listed = ['./', ...files.filter((file) => file !== 'index.html').map((file) => `./${file}`)];
        const source = readFileSync(here('service-worker.js'), 'utf8')
          .replace('__FILES__', JSON.stringify(listed))
          .replace('__BUILD__', JSON.stringify(hash.digest('hex').slice(0, 16)));
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source });
      },
    },
  };
}

export default defineConfig({
  root: here('.'),
  base: './',
  resolve: { alias: [{ find: /^receptive$/, replacement: here('../../dist/web/all.js') }] },
  build: { outDir: here('../../.cache/page'), emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0 },
  worker: { format: 'es' },
  server: { fs: { allow: [here('../..')] } },
  plugins: [serviceWorker()],
});
