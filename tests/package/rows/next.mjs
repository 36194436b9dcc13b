import { checkPage } from '../lib/browser.mjs';
import { verify } from '../lib/net.mjs';
import { createProject, fixture, run, startServer } from '../lib/project.mjs';

export const title = 'Next.js: a client component and an API route';

const FILES = {
  'next.config.mjs': "export default { serverExternalPackages: ['receptive'] };\n",
  'app/layout.js': 'export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }\n',
  'app/page.js': `'use client';
import { useEffect } from 'react';
import { use } from './use.js';
export default function Page() {
  useEffect(() => {
    use().then(
      (result) => Object.assign(globalThis, { result }),
      (error) => Object.assign(globalThis, { result: { error: String(error) } }),
    );
  }, []);
  return <p>A client component</p>;
}
`,
  'app/api/run/route.js': `import { use } from '../../use.js';
export const dynamic = 'force-dynamic';
export const GET = async () => Response.json(await use());
`,
  'app/use.js': fixture('use.js'),
};

export async function check(context) {
  const folder = await createProject(context, { packages: ['next@16', 'react@19', 'react-dom@19'], files: FILES });
  const env = { NEXT_TELEMETRY_DISABLED: '1', NO_COLOR: '1' };
  const next = 'node_modules/next/dist/bin/next';
  await run(process.execPath, [next, 'build'], { cwd: folder, env, timeout: 240_000 });
  const { url, stop } = await startServer(process.execPath, [next, 'start', '--port', '0'], { cwd: folder, env });
  try {
    const route = await fetch(`${url}/api/run`);
    if (!route.ok) throw new Error(`the API route: HTTP ${route.status}`);
    const said = verify(await route.json());
    return `route: ${said}; component: ${(await checkPage(url)).said}`;
  } finally {
    stop();
  }
}
