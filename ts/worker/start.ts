import { transfer } from 'comlink';
import type { LoadRequest } from '../model/request.js';
import { VERSION } from '../base/version.js';
import type { Connection } from './connection.js';
import type { CompiledModules, LoadReply } from './protocol.js';
import { expectSameVersion } from './versions.js';

/** What the workers of this page or process have compiled; kept, so that each variant is compiled once. A few hundred kB. */
const modules: CompiledModules = {};

export interface StartOptions {
  /** Of the request, to be handed over. */
  readonly buffers?: readonly ArrayBuffer[];
  /** Fetched files, where workers are to share them. */
  readonly files?: Readonly<Record<string, Uint8Array>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Loads a model in a worker.
 * @throws WorkerError where worker.js is of another version than this script; what loading throws
 */
export async function startModel(
  connection: Connection,
  request: LoadRequest,
  { buffers = [], files, signal }: StartOptions,
): Promise<LoadReply> {
  connection.hold(true);
  try {
    const { interrupts } = connection;
    const known = request.wasm === undefined ? modules : {};
    const sent = { ...request, version: VERSION, interrupts, modules: known, files };
    const reply = await connection.call((api) => api.load(transfer(sent, [...buffers])), signal);
    expectSameVersion(VERSION, reply.version);
    if (reply.compiled?.name) modules[reply.compiled.name] ??= reply.compiled.module;
    return reply;
  } finally {
    connection.hold(false);
  }
}
