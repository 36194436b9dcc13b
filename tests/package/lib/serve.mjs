/** A static server for one folder. */
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = {
  '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm',
  '.safetensors': 'application/octet-stream',
};

/** @param types - content types that differ from the usual ones, by file name extension */
export async function serve(folder, { headers = {}, types = {} } = {}) {
  const known = { ...TYPES, ...types };
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return void response.writeHead(404, headers).end();
    response.writeHead(200, { 'content-type': known[extname(file)] ?? 'text/plain', ...headers }).end(readFileSync(file));
  });
  await new Promise((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, stop };
}
