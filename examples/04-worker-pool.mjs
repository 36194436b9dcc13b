// A service: one model in several workers. Calls go to whichever is free; too many at once are refused, late ones are aborted.
//     node examples/04-worker-pool.mjs [WORKERS = 2]
import { fileURLToPath } from 'node:url';
import { createPool, OverloadedError } from 'receptive';

const local = (path) => fileURLToPath(new URL(path, import.meta.url));
const size = Number(process.argv[2] ?? 2);
// The photos are files of our own; a service that is sent photos leaves `locations` out, see 09-service.mjs.
const pool = await createPool({ model: local('assets/squeezenet1_1.safetensors'), size, maxQueue: 12, retry: 1, idleTimeout: 60_000, locations: true });

// Three photos, four times each: `size` of them run at the same time, the others wait their turn.
const names = ['chelsea.png', 'coffee.png', 'dog.jpg'];
const requests = Array.from({ length: 12 }, (_, i) => names[i % names.length]);
const start = performance.now();
const answers = await Promise.all(
  requests.map((name) => pool.classify(local(`assets/photos/${name}`), { topK: 1, signal: AbortSignal.timeout(30_000) })),
);
const ms = performance.now() - start;
names.forEach((name, i) => console.log(name.padEnd(12), answers[i].top[0].label));
console.log(`${requests.length} photos in ${ms.toFixed(0)} ms by ${pool.stats().workers} workers`);

// A burst: what finds no room is refused at once, the rest is answered. A server would answer 503 to those.
const burst = Array.from({ length: size + 12 + 5 }, () => pool.classify(local('assets/photos/coffee.png')));
const results = await Promise.allSettled(burst);
const refused = results.filter(({ reason }) => reason instanceof OverloadedError).length;
console.log(`a burst of ${burst.length}: ${results.length - refused} answered, ${refused} refused`);
await pool.dispose();
