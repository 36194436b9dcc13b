/** Connections: kept where the next request can use them, and said to be closed where it cannot. */
import { connect } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { listen, serving, SUMS, SUMS_BODY } from './support.js';

const service = await serving({ models: [{ name: 'sums', model: SUMS }], size: 1, maxBody: 100_000, timeout: 300 });
const listening = await listen(service, { port: 0 });
afterAll(() => listening.close({ grace: 0 }));

interface Heard {
  readonly status: number;
  readonly connection: string | undefined;
  /** Whether the server has closed it, a second after the answer. */
  readonly closed: boolean;
  readonly error: string;
}

/** What the server says to bytes. */
function hear(head: string, rest: string): Promise<Heard> {
  return new Promise((resolve) => {
    let [text, closed] = ['', false];
    const socket = connect(Number(new URL(listening.url).port), '127.0.0.1', () => void socket.write(`${head} HTTP/1.1\r\nHost: x\r\n${rest}`));
    const tell = (): void => {
      const [header = '', said = ''] = text.split('\r\n\r\n');
      socket.destroy();
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(header)?.[1]), connection: /^connection: (.*)$/im.exec(header)?.[1], closed, error: said });
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    socket.on('data', (data) => {
      text += data.toString();
      timer ??= setTimeout(tell, 1000);
    });
    socket.on('close', () => {
      closed = true;
      clearTimeout(timer);
      tell();
    });
  });
}

const sized = (length: number, sent: string): string => `Content-Length: ${length}\r\n\r\n${sent}`;

it.each([
  ['a body that does not come', 'POST /v2/models/sums/infer', sized(100, '{'), 408],
  ['a path that is not there, before the body has come', 'POST /none', sized(100, '{'), 404],
  ['a body that says it is too large', 'POST /v2/models/sums/infer', sized(3_000_000, '{'), 413],
  ['a body that becomes too large', 'POST /v2/models/sums/infer', `Transfer-Encoding: chunked\r\n\r\n20000\r\n${'x'.repeat(0x20000)}\r\n`, 413],
] as const)('%s: the answer says that the connection is closed, and it is', async (_, head, body, status) => {
  expect(await hear(head, body)).toEqual({ status, connection: 'close', closed: true, error: expect.stringMatching(/^\{"error":".+"\}$/) as unknown });
});

it.each([
  ['an answer', 'POST /v2/models/sums/infer', sized(SUMS_BODY.length, SUMS_BODY), 200],
  ['a path that is not there, behind the body', 'POST /none', sized(3, 'abc'), 404],
] as const)('%s: the connection is kept', async (_, head, body, status) => {
  expect(await hear(head, body)).toMatchObject({ status, connection: 'keep-alive', closed: false });
});

it('who still sends has the answer', async () => {
  for (let i = 0; i < 5; i++) {
    const response = await fetch(`${listening.url}/v2/models/sums/infer`, { method: 'POST', body: new Uint8Array(10_000_000) });
    expect([response.status, await response.json()]).toEqual([413, { error: expect.stringMatching(/at most 100000/) as unknown }]);
  }
});
