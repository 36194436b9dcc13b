import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { mismatch } from '../base/wrong.js';
import type { Service } from './service.js';

/** An `IncomingMessage` of `node:http`, as far as types tell it from others: the declarations compile without those of Node. */
export interface NodeRequest {
  /** Path and query. */
  readonly url?: string | undefined;
  /** Whether its body was read, or is being read. */
  readonly readableDidRead: boolean;
}

/** A `ServerResponse` of `node:http`. */
export interface NodeResponse {
  /** Whether an answer was begun. */
  readonly headersSent: boolean;
}

/**
 * A service as what `node:http` calls for a request: `createServer(nodeListener(service))`, and a handler of Express.
 *
 * The request's body has to be unread: a body parser that was there first leaves nothing of it, and such a request is answered 500 at once.
 * A client that hangs up ends what is computed for it.
 * @returns what resolves when the answer is sent
 */
export function nodeListener(service: Service): (incoming: NodeRequest, outgoing: NodeResponse) => Promise<void> {
  // The classes of the platform stay as they are: what else runs in this process is not to notice.
  const answer = getRequestListener(service.fetch, { overrideGlobalObjects: false });
  return async (incoming, outgoing) => {
    if (incoming.readableDidRead) return consumed(outgoing as ServerResponse);
    await answer(incoming as IncomingMessage, outgoing as ServerResponse);
  };
}

/** What was read once is not there again: waiting for it would never end. */
function consumed(outgoing: ServerResponse): void {
  const { message } = mismatch('body', 'a request whose body is unread', 'one that was read before', { hint: 'mount the service before body parsers such as express.json()' });
  outgoing.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ error: message }));
}
