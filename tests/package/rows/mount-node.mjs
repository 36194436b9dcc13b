import { checkMount, mountFiles, startMount } from '../lib/mount.mjs';
import { createProject } from '../lib/project.mjs';

export const title = 'A service mounted on node:http, Hono, Express and Fastify';

const SERVERS = ['node-http', 'hono', 'express', 'fastify'];

/** The same with the body parser first, which is wrong. */
const parserFirst = (text) => text.replace("app.use(express.json());\n", '').replace("app.use('/models'", "app.use(express.json());\napp.use('/models'");

async function checkParser(url) {
  const response = await fetch(`${url}/v2/models/lenet5/infer`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' }, signal: AbortSignal.timeout(5000) });
  const { error } = await response.json();
  if (response.status !== 500 || !/before body parsers/.test(error)) throw new Error(`a body that was parsed before: ${response.status}, ${error}`);
}

export async function check(context) {
  const files = mountFiles();
  const packages = ['hono@4', '@hono/node-server@2', 'express@5', 'fastify@5', 'sharp'];
  const folder = await createProject(context, { packages, files: { ...files, 'late.mjs': parserFirst(files['express.mjs']) } });
  for (const name of SERVERS) {
    try {
      await checkMount(await startMount(process.execPath, [`${name}.mjs`], { cwd: folder }));
    } catch (error) {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    }
  }
  const late = await startMount(process.execPath, ['late.mjs'], { cwd: folder });
  await checkParser(late.url).finally(() => late.child.kill('SIGKILL'));
  return `${SERVERS.join(', ')}; a parsed body is refused`;
}
