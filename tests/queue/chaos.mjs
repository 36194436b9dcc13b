/**
 * A backlog that is worked off by two workers, one of which is killed again and again while the server crashes once: each picture is in the
 * results exactly once, with the answer of its content.
 *
 * `node tests/queue/chaos.mjs [PICTURES [SHARD-SIZE [SECONDS]]]` runs 200,000 pictures in shards of 1,000, a kill every 5 seconds.
 */
import { spawn } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { load } from 'receptive';
import { RedisServer } from './redis.mjs';

const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Seconds after which the shard of a killed worker is given to another. */
const LEASE = 3;

/** A grey picture of 28 x 28 as a BMP file, with a bar whose place tells it from others. */
export function picture(kind) {
  const [side, head] = [28, 54];
  const bytes = Buffer.alloc(head + 3 * side * side);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(head, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(side, 18);
  bytes.writeInt32LE(side, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let row = 2; row < 26; row++) bytes.fill(255, head + 3 * (side * row + 2 + kind), head + 3 * (side * row + 6 + kind));
  return bytes;
}

const KINDS = 20;

/** Many names for few files: what is counted is names. @returns the kind of each name */
function pictures(folder, count) {
  const kinds = Array.from({ length: KINDS }, (_, kind) => join(folder, `kind-${kind}`));
  kinds.forEach((path, kind) => writeFileSync(path, picture(kind)));
  return new Map(Array.from({ length: count }, (_, i) => {
    const part = join(folder, String(Math.floor(i / 1000)).padStart(4, '0'));
    if (i % 1000 === 0) mkdirSync(part);
    const path = join(part, `${i}.bmp`);
    linkSync(kinds[i % KINDS], path);
    return [path, i % KINDS];
  }));
}

/** How often a worker is started that finds no server: one that is started while the server is down ends with an error. */
const MOST_STARTS = 50;

/** A worker that is started again when it was killed or found no server, as by what watches over it; resolves when one has ended by itself. */
class Worker {
  kills = 0;
  #failed = 0;
  #child;

  constructor(args, tell) {
    this.args = args;
    this.ended = this.#run(tell);
  }

  async #run(tell) {
    for (;;) {
      this.#child = spawn(process.execPath, [CLI, 'worker', ...this.args], { stdio: ['ignore', 'ignore', 'pipe'] });
      this.#child.stderr.on('data', (data) => tell(data.toString().trim()));
      const [code, signal] = await new Promise((resolve) => this.#child.once('close', (...end) => resolve(end)));
      if (signal === 'SIGKILL') continue;
      if (code !== 1 || ++this.#failed > MOST_STARTS) return code;
      await wait(200);
    }
  }

  kill() {
    if (this.#child.exitCode === null && this.#child.kill('SIGKILL')) this.kills++;
  }
}

function enqueue(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, 'enqueue', ...args, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (data) => (out += data));
    child.once('close', (code) => (code === 0 ? resolve(JSON.parse(out)) : reject(new Error(`enqueue ended with ${code}`))));
  });
}

/** How often each picture is in the results, and how many answers are not those of their content. */
async function judge(folder, kinds) {
  const model = await load(fileURLToPath(new URL('../../examples/assets/lenet5.safetensors', import.meta.url)), { threads: 1 });
  const expected = [];
  for (let kind = 0; kind < KINDS; kind++) expected.push(JSON.stringify((await model.classify(picture(kind), { topK: 1 })).top));
  await model.dispose();
  const times = new Map();
  let wrong = 0;
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.ndjson'))) {
    for (const line of readFileSync(join(folder, name), 'utf8').trim().split('\n')) {
      const { path, top } = JSON.parse(line);
      times.set(path, (times.get(path) ?? 0) + 1);
      if (JSON.stringify(top) !== expected[kinds.get(path)]) wrong++;
    }
  }
  const counts = [...kinds.keys()].map((path) => times.get(path) ?? 0);
  return {
    once: counts.filter((count) => count === 1).length,
    missing: counts.filter((count) => count === 0).length,
    twice: counts.filter((count) => count > 1).length,
    unknown: [...times.keys()].filter((path) => !kinds.has(path)).length,
    wrong,
    answers: new Set(expected).size,
    partsLeft: readdirSync(join(folder, 'parts')).length,
  };
}

/**
 * @param options.pictures - how many
 * @param options.every - seconds between two kills
 * @param options.tell - told what workers say
 */
export async function chaos({ pictures: count, shardSize, every, tell = () => undefined }) {
  const work = mkdtempSync(join(tmpdir(), 'receptive-chaos-'));
  const [photos, out] = [join(work, 'photos'), join(work, 'out')];
  mkdirSync(photos);
  const kinds = pictures(photos, count);
  const server = await RedisServer.start();
  try {
    const queue = ['--queue', 'chaos', '--redis', server.url, '-o', out];
    const enqueued = await enqueue(photos, ...queue, '--shard-size', String(shardSize));
    const began = performance.now();
    const worker = () => new Worker(['lenet5', ...queue, '--top', '1', '--workers', '1', '--lease', String(LEASE), '--until-empty'], tell);
    const [victim, other] = [worker(), worker()];
    const ended = Promise.all([victim.ended, other.ended]);
    // Once the other has found nothing left, the victim is let go: it may never live long enough to find that out.
    let [crashes, over] = [0, false];
    void other.ended.then(() => (over = true));
    while (!over) {
      await Promise.race([wait(1000 * every), other.ended]);
      if (over) break;
      victim.kill();
      if (crashes > 0 || victim.kills < 2) continue;
      crashes++;
      await server.kill();
      await wait(1000);
      await server.start();
    }
    const seconds = (performance.now() - began) / 1000;
    const again = await enqueue(photos, ...queue, '--shard-size', String(shardSize));
    return { enqueued, again, codes: await ended, kills: victim.kills, crashes, seconds, ...(await judge(out, kinds)) };
  } finally {
    await server.stop();
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [count = 200_000, shardSize = 1000, every = 5] = process.argv.slice(2).map(Number);
  const told = await chaos({ pictures: count, shardSize, every, tell: (text) => console.error(text) });
  console.log(JSON.stringify(told, null, 2));
  process.exitCode = told.once === count && told.twice + told.unknown + told.wrong === 0 ? 0 : 1;
}
