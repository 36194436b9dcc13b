/** Workers that die at random and clients that hang up, while others are answered. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { seededRandom } from '../../ts/train/data/random.js';
import { started } from '../support/models.js';
import { ask, expectSums, listen, post, serving, squeezenet, SUMS, SUMS_BODY } from './support.js';

const [COUNT, DEATHS, AT_ONCE] = [600, 20, 8];
const photo = readFileSync('examples/assets/photos/dog.jpg');

it('each death costs a request at most, who hangs up costs nobody, and all is as before', async () => {
  const first = started.length;
  const service = await serving({ models: [{ name: 'sums', model: SUMS }, { name: 'net', model: squeezenet }], size: 2, maxQueue: COUNT, timeout: 120_000 });
  const listening = await listen(service, { port: 0 });
  const numbers = seededRandom(19).uniforms(0, 0, 3 * COUNT).values();
  const random = (): number => numbers.next().value ?? 0;
  const alive = () => started.slice(first).filter(({ threadId }) => threadId > 0);
  let [next, deaths] = [0, 0];
  const statuses: number[] = [];
  const broken: unknown[] = [];

  const normal = async (path: string, body: BodyInit): Promise<void> => {
    const { status } = await fetch(`${listening.url}${path}`, { method: 'POST', body });
    statuses.push(status);
  };
  const hangUp = (): Promise<void> =>
    fetch(`${listening.url}/classify?model=net`, { method: 'POST', body: photo, signal: AbortSignal.timeout(Math.floor(20 * random())) }).then(
      async (answer) => void (await answer.arrayBuffer()),
      // As it has to be: the client was gone before.
      () => undefined,
    );
  const malformed = async (): Promise<void> => {
    const answer = await post(service, '/classify?model=net', '--x\r\nContent-Disposition: form-data; name="a"', { 'content-type': 'multipart/form-data; boundary=x' });
    if (answer.status !== 400) broken.push(answer.status);
  };
  const one = (i: number): Promise<void> => {
    if (i % (COUNT / DEATHS) === 5) {
      const workers = alive();
      void workers[Math.floor(random() * workers.length)]?.terminate();
      deaths += 1;
    }
    const drawn = random();
    if (drawn < 0.2) return hangUp().catch((error: unknown) => void broken.push(error));
    if (drawn < 0.3) return malformed();
    return drawn < 0.5 ? normal('/classify?model=net', photo) : normal('/v2/models/sums/infer', SUMS_BODY);
  };
  const client = async (): Promise<void> => {
    for (let i = next++; i < COUNT; i = next++) await one(i);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));

  expect(deaths).toBe(DEATHS);
  expect(broken).toEqual([]);
  const failed = statuses.filter((status) => status !== 200);
  expect(failed.length, `${failed.join(', ')} of ${statuses.length}`).toBeLessThanOrEqual(DEATHS);
  await expect.poll(() => service.pending).toBe(0);
  await expectSums(service);
  expect((await post(service, '/classify?model=net', photo)).status).toBe(200);
  expect(await (await ask(service, '/metrics')).text()).toMatch(/^receptive_workers_replaced\{model="\w+",version="1"\} [1-9]/m);
  await listening.close({ grace: 1000 });
  await expect.poll(() => alive().length).toBe(0);
});
