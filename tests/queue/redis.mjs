/** A Redis (or Valkey) server of its own on a free loopback port: its log on the disk, nothing evicted. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** The server that is installed; undefined where there is none. */
export function findRedis() {
  for (const name of ['redis-server', 'valkey-server']) {
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

/** Why tests of the queue are left out; undefined where they run. */
export const WITHOUT_REDIS = findRedis() === undefined ? 'there is no redis-server: apt-get install redis-server' : undefined;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

export class RedisServer {
  #folder = mkdtempSync(join(tmpdir(), 'receptive-redis-'));
  #child;

  constructor(port) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
  }

  static async start() {
    const server = new RedisServer(await freePort());
    await server.start();
    return server;
  }

  async start() {
    const options = ['--port', this.port, '--bind', '127.0.0.1', '--dir', this.#folder, '--appendonly', 'yes', '--save', '', '--maxmemory-policy', 'noeviction'];
    this.#child = spawn(findRedis(), options.map(String), { stdio: 'ignore' });
    const client = new Redis(this.url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
    client.on('error', () => undefined);
    for (let left = 200; ; left--) {
      try {
        if (client.status !== 'ready') await client.connect();
        await client.ping(); // refused while the log is read
        return client.disconnect();
      } catch (error) {
        if (left === 0) throw error;
        await wait(100);
      }
    }
  }

  /** Ends the process, as a crash does. */
  async kill() {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }

  async stop() {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
