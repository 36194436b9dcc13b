/** Serves the repository's files to the page as static servers do: with validators, and isolated unless told otherwise. */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

const TYPES = {
  '.html': 'text/html',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** As threads and fine timers need it. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * @param options.isolated - whether pages are cross-origin isolated
 * @param options.folders - folders elsewhere, by the first part of the path under which they are served
 * @returns the address, on this machine only, and `close`
 */
export async function serve(root, { isolated = true, folders = {} } = {}) {
  const server = createServer((request, response) => {
    const found = find(request.url, root, folders);
    if (!found) {
      response.writeHead(404).end();
      return;
    }
    const headers = { ...(isolated && ISOLATED), ...validators(found) };
    if (request.headers['if-none-match'] === headers.ETag) {
      response.writeHead(304, headers).end();
      return;
    }
    response.writeHead(200, { ...headers, 'Content-Type': TYPES[extname(found.file)] ?? 'application/octet-stream' });
    createReadStream(found.file).pipe(response);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

function find(url, root, folders) {
  const path = normalize(decodeURIComponent(new URL(url, 'http://localhost').pathname));
  const [, first] = path.split('/');
  const elsewhere = Object.hasOwn(folders, first) ? folders[first] : undefined;
  const base = elsewhere ?? root;
  const file = join(base, elsewhere ? path.slice(first.length + 1) : path);
  if (!file.startsWith(base.endsWith(sep) ? base : base + sep)) return undefined;
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat?.isFile() ? { file, stat } : undefined;
}

const validators = ({ stat: { size, mtime } }) => ({
  'Cache-Control': 'max-age=0',
  'Content-Length': size,
  ETag: `"${size.toString(16)}-${Number(mtime).toString(16)}"`,
  'Last-Modified': mtime.toUTCString(),
});
