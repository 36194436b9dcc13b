/** Models that nobody disposes of: the safety net, in a process of its own, since it needs its garbage collected. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const built = JSON.stringify(new URL('../../dist/node/index.js', import.meta.url).href);
const folder = mkdtempSync(join(tmpdir(), 'receptive-forgotten-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HEAD = `
import { readdirSync } from 'node:fs';
const tasks = () => readdirSync('/proc/self/task').length;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
async function collected(isDone) {
  for (let i = 0; i < 200 && !isDone(); i += 1) {
    globalThis.gc();
    await wait(25);
  }
  return isDone();
}
const net = ({ graph, input, relu }) => { const x = input([1, 4]); return graph({ x }, { y: relu()(x) }); };
`;

async function run(name: string, body: string): Promise<{ stdout: string; stderr: string }> {
  const script = join(folder, `${name}.mjs`);
  writeFileSync(script, HEAD + body);
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--expose-gc', script], { timeout: 120_000 }, (error, stdout, stderr) =>
      error ? reject(error) : resolve({ stdout, stderr }),
    );
  });
}

const it_ = it.runIf(existsSync('/proc/self/task'));

it_('forgotten models and pools end their workers, and one warning says so', async () => {
  const { stdout, stderr } = await run(
    'models',
    `const library = await import(${built});
     await (await library.load(net(library), { threads: 1 })).dispose();
     await wait(200);
     const before = tasks();
     for (let i = 0; i < 3; i += 1) await (await library.load(net(library), { threads: 1 })).run(new Float32Array(4));
     await library.createPool({ model: net(library), size: 2 });
     const during = tasks();
     console.log(during >= before + 5, await collected(() => tasks() <= before));`,
  );
  expect(stdout).toBe('true true\n');
  expect(stderr.match(/a model or a trainer was forgotten/g)).toHaveLength(1);
});

it_('a call of a forgotten model is answered before its worker ends', async () => {
  const { stdout } = await run(
    'pending',
    `const library = await import(${built});
     await (await library.load(net(library), { threads: 1 })).dispose();
     await wait(200);
     const before = tasks();
     let calls = [];
     await (async () => {
       const model = await library.load(net(library), { threads: 1 });
       calls = Array.from({ length: 500 }, () => model.run(new Float32Array([1, -1, 2, -2])));
     })();
     globalThis.gc();
     const answers = await Promise.all(calls);
     calls = [];
     console.log(answers.length, answers.at(-1).y.data.join(), await collected(() => tasks() <= before));`,
  );
  expect(stdout).toBe('500 1,0,2,0 true\n');
});

it_('a module that is loaded anew, as dev servers do, does not pile up workers', async () => {
  const { stdout } = await run(
    'reload',
    `let current;
     const reload = async (i) => {
       const library = await import(${built} + '?v=' + i);
       current = await library.load(net(library), { threads: 1 });
       await current.run(new Float32Array(4));
     };
     await reload(0);
     await wait(200);
     const before = tasks();
     for (let i = 1; i <= 8; i += 1) await reload(i);
     console.log(tasks() > before, await collected(() => tasks() <= before));
     console.log((await current.run(new Float32Array([1, -1, 2, -2]))).y.data.join());`,
  );
  expect(stdout).toBe('true true\n1,0,2,0\n');
});
