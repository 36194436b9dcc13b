import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { failure } from '../base/wrong.js';
import { checkOptions, optionNames } from '../base/options.js';
import { checkWhole } from '../model/load-request.js';
import { lingering } from './linger.js';
import type { Service } from './service.js';

/** Where and how a service listens. */
export interface ListenOptions {
  /** Where it listens, 0 to 65535; 0 for any that is free. Default 8080. */
  readonly port?: number | undefined;
  /** Address that it listens at. Default 127.0.0.1: this machine alone. `0.0.0.0` or `::` for all that reach it. */
  readonly host?: string | undefined;
  /** Connections at the same time; more are closed. Default 1024. */
  readonly maxConnections?: number | undefined;
  /** Milliseconds in which a request's headers arrive. Default 10,000. */
  readonly headersTimeout?: number | undefined;
  /** Milliseconds in which a request arrives whole. Default 30,000. */
  readonly requestTimeout?: number | undefined;
  /** Milliseconds that a connection is kept for its next request. Default 5,000; more than that of the balancer before it, where there is one. */
  readonly keepAliveTimeout?: number | undefined;
}

/** A service that listens. */
export interface Listening {
  /** Where: `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Takes no more connections, closes the service as its own `close` does, and then all connections. */
  close(options?: { readonly grace?: number }): Promise<void>;
}

const NAMES = optionNames<ListenOptions>({ port: true, host: true, maxConnections: true, headersTimeout: true, requestTimeout: true, keepAliveTimeout: true });
const MOST = 2 ** 31 - 1;

/** How often Node looks for connections whose time is over, in milliseconds. */
const CHECK = 1000;
const SWEEP = 20;

/** Milliseconds in which answers that are computed are sent, when all else is over. */
const LAST_BYTES = 1000;

/**
 * Has a service listen, by Node's own HTTP/1.1 server.
 * @returns once it listens
 * @throws ArgumentError for an option, and for an address that cannot be listened at
 */
export async function listen(service: Service, options: ListenOptions = {}): Promise<Listening> {
  checkOptions('listen', options, NAMES);
  const port = checkWhole('port', options.port ?? 8080, 0, 65_535);
  const { host = '127.0.0.1' } = options;
  // The classes of the platform stay as they are: what else runs in this process is not to notice.
  const answer = getRequestListener(async (request, connected) => lingering(await service.fetch(request), connected), { overrideGlobalObjects: false });
  const server = createServer(
    {
      headersTimeout: checkWhole('headersTimeout', options.headersTimeout ?? 10_000, 1, MOST),
      requestTimeout: checkWhole('requestTimeout', options.requestTimeout ?? 30_000, 1, MOST),
      keepAliveTimeout: checkWhole('keepAliveTimeout', options.keepAliveTimeout ?? 5_000, 1, MOST),
      connectionsCheckingInterval: CHECK,
    },
    (incoming, outgoing) => void answer(incoming, outgoing),
  );
  server.maxConnections = checkWhole('maxConnections', options.maxConnections ?? 1024, 1, MOST);
  await listening(server, port, host);
  const { address, family, port: taken } = server.address() as AddressInfo;
  const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`;
  return { url, close: (how) => end(server, service, how) };
}

async function listening(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw failure(`listen: ${host}:${port}`, 'the service cannot listen there', error instanceof Error ? error.message : 'refused', { hint: 'choose another port or host', cause: error });
  }
}

async function end(server: Server, service: Service, how: { readonly grace?: number } | undefined): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection is idle once its last answer is sent, and Node closes it only if asked then.
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP);
  await service.close(how);
  await Promise.race([closed, setTimeout(LAST_BYTES, undefined, { ref: false })]);
  clearInterval(sweep);
  server.closeAllConnections();
  await closed;
}
