// A service that classifies photos: what a client sends is bytes, never a path; bounds on size, queue and time; a status for each
// kind of failure; an orderly end.
//     node examples/09-service.mjs [PORT = 8080]
//     curl --data-binary @examples/assets/photos/dog.jpg http://localhost:8080/
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createPool, ReceptiveError } from 'receptive';

const model = fileURLToPath(new URL('assets/squeezenet1_1.safetensors', import.meta.url));
const pool = await createPool({ model, size: 2, maxQueue: 64, retry: 1 });
const MOST_BYTES = 20e6;
const STATUS = { image: 400, aborted: 499, overloaded: 503 };

async function bodyOf(request) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MOST_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function answer(request, response) {
  const send = (status, value) => response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(value)}\n`);
  // Nobody waits for the answer any more: what it would cost is saved.
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    const photo = await bodyOf(request);
    if (!photo) return send(413, { error: `more than ${MOST_BYTES} bytes` });
    const { top } = await pool.classifyBytes(photo, { topK: 3, signal: AbortSignal.any([gone.signal, AbortSignal.timeout(5000)]) });
    send(200, top);
  } catch (error) {
    const code = error instanceof ReceptiveError ? error.code : 'unknown';
    if (!(code in STATUS)) console.error(error);
    send(STATUS[code] ?? 500, { error: code });
  }
}

const server = createServer(answer).listen(Number(process.argv[2] ?? 8080), () => console.log(`listening on ${server.address().port}`));
process.once('SIGTERM', () => server.close(() => pool.dispose()));
