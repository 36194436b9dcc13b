import type { IncomingMessage } from 'node:http';

/** Milliseconds and bytes for what a client still sends when it has been answered. */
const MOST_MS = 500;
const MOST_BYTES = 2 ** 26;

/** What Node has of a request; HTTP/2 has no connections of its own to close. */
interface Connected {
  readonly incoming?: unknown;
}

/**
 * An answer that came before its request had been read to the end. The connection cannot be used again, which is said (RFC 9112, 9.6). It stays
 * open for a moment, since a client that still sends would lose the answer with it.
 */
export async function lingering(response: Response, { incoming }: Connected): Promise<Response> {
  const request = incoming as IncomingMessage;
  // What the client has sent already is behind in the socket, and comes with the next turn.
  if (!request.complete) await new Promise(setImmediate);
  if (request.complete) return response;
  const answer = new Uint8Array(await response.arrayBuffer());
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      if (answer.byteLength > 0) controller.enqueue(answer);
      await silence(request);
      controller.close();
    },
  });
  const headers = new Headers(response.headers);
  headers.set('connection', 'close');
  headers.set('content-length', String(answer.byteLength));
  return new Response(body, { status: response.status, headers });
}

/** Resolves when the client has sent all, is gone, or has had its time. */
function silence(request: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const done = (): void => {
      clearTimeout(timer);
      request.off('data', count).off('end', done).off('close', done);
      resolve();
    };
    const count = (chunk: Uint8Array): void => {
      bytes += chunk.byteLength;
      if (bytes > MOST_BYTES) done();
    };
    const timer = setTimeout(done, MOST_MS);
    if (request.destroyed) return done();
    request.on('data', count).on('end', done).on('close', done).resume();
  });
}
