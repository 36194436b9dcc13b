import { checkMount, example, startMount } from '../lib/mount.mjs';
import { createProject, run } from '../lib/project.mjs';

export const title = 'A service mounted on Next.js, as a route handler';

/** Next ends with this code once its requests are answered: 128 and the number of SIGTERM. */
const TERMINATED = 143;

const ROUTE = 'app/models/[...path]';

export async function check(context) {
  const files = {
    'next.config.mjs': "export default { serverExternalPackages: ['receptive', 'sharp'] };\n",
    'app/layout.js': 'export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }\n',
    'app/page.js': 'export default function Page() { return <p>Models</p>; }\n',
    [`${ROUTE}/route.js`]: example('next.mjs'), [`${ROUTE}/service.mjs`]: example('service.mjs'),
  };
  const folder = await createProject(context, { packages: ['next@16', 'react@19', 'react-dom@19', 'sharp'], files });
  const env = { NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1' };
  const next = 'node_modules/next/dist/bin/next';
  await run(process.execPath, [next, 'build'], { cwd: folder, env, timeout: 240_000 });
  await checkMount(await startMount(process.execPath, [next, 'start', '--port', '0', '--hostname', '127.0.0.1'], { cwd: folder, env }), { code: TERMINATED });
  return 'photo, infer, hang-up, end';
}
