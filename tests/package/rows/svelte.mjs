import { join } from 'node:path';
import { checkServed } from '../lib/browser.mjs';
import { createProject, fixture, run } from '../lib/project.mjs';
import { serve } from '../lib/serve.mjs';
import { componentPage } from '../lib/site.mjs';

export const title = 'Svelte 5 component with Vite 8, build';

const CONFIG = "import { svelte } from '@sveltejs/vite-plugin-svelte';\nexport default { plugins: [svelte()] };\n";

const APP = `<script>
  import { onMount } from 'svelte';
  import { use } from './use.js';
  let said = $state('waits');
  onMount(async () => {
    const result = await use();
    said = result.variant;
    globalThis.result = result;
  });
</script>
<p>{said}</p>
`;

const MAIN = "import { mount } from 'svelte';\nimport App from './App.svelte';\nmount(App, { target: document.querySelector('#app') });\n";

export async function check(context) {
  const files = { 'vite.config.js': CONFIG, 'App.svelte': APP, 'use.js': fixture('use.js'), ...componentPage(MAIN) };
  const folder = await createProject(context, { packages: ['vite@8', 'svelte@5', '@sveltejs/vite-plugin-svelte'], files });
  await run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'], { cwd: folder });
  return (await checkServed(serve(join(folder, 'dist')))).said;
}
