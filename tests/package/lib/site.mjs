/** Pages that import the installed package's files directly, without a bundler. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { createProject, fixture } from './project.mjs';

export const LIBRARY = '/node_modules/receptive/dist/web/all.js';

export const HTML =
  '<!doctype html><meta charset="utf-8"><title>receptive</title><link rel="icon" href="data:,"><script type="module" src="./page.js"></script>';

/** A folder to be served as it is. */
export function createSite(context, files = {}) {
  const site = { 'index.html': HTML, 'page.js': fixture('page.js'), 'use.js': fixture('use.js', LIBRARY) };
  return createProject(context, { files: { ...site, ...files } });
}

/** The sources of a page for a bundler. */
export const SOURCES = { 'index.html': HTML, 'page.js': fixture('page.js'), 'use.js': fixture('use.js') };

export const ISOLATED = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/** esbuild and Rollup do not look into `new URL(...)`: its files are copied to where it will look for them. */
export function copyFiles(folder) {
  const dist = join(folder, 'node_modules/receptive/dist');
  for (const name of ['worker.js', 'worker-onnx.js']) cpSync(join(dist, 'web', name), join(folder, 'out/js', name));
  cpSync(join(dist, 'wasm'), join(folder, 'out/wasm'), { recursive: true });
}
