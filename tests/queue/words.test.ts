/** What is said of trouble with a queue: in words of whoever runs a worker, not of the packages that keep queues. */
import { expect, it } from 'vitest';
import { inOwnWords } from '../../ts/cli/backlog/words.js';

const KEY = '0123456789abcdef0123456789abcdef';

it.each([
  [`Missing lock for job ${KEY}. moveToFinished`, `shard ${KEY}: the queue has given it to another worker, or has lost it; its result is written once`],
  [`Missing key for job ${KEY}. moveToDelayed`, `shard ${KEY}: the queue has given it to another worker, or has lost it; its result is written once`],
  [`Lock mismatch for job ${KEY}. Cmd moveToFinished from active`, `shard ${KEY}: the queue has given it to another worker, or has lost it; its result is written once`],
  [`could not renew lock for job ${KEY}`, `shard ${KEY}: the queue has given it to another worker, or has lost it; its result is written once`],
  [`Job ${KEY} is not in the active state. moveToFinished`, `shard ${KEY}: the queue has it as not begun any more; its result is written once`],
  ['connect ECONNREFUSED 127.0.0.1:6379', "the queue's server does not answer (ECONNREFUSED); it is asked again"],
  ['read ECONNRESET', "the queue's server does not answer (ECONNRESET); it is asked again"],
  ['Connection is closed.', "the queue's server does not answer (Connection is closed); it is asked again"],
  ['LOADING Redis is loading the dataset in memory', "the queue's server is reading its log; it is asked again"],
  ['NOAUTH Authentication required.', 'NOAUTH Authentication required.'],
])('%s', (said, meant) => {
  expect(inOwnWords(said)).toBe(meant);
});
