import { join } from 'node:path';
import { checkServed } from '../lib/browser.mjs';
import { createProject, fixture, run } from '../lib/project.mjs';
import { serve } from '../lib/serve.mjs';
import { componentPage } from '../lib/site.mjs';

export const title = 'Vue 3 component with Vite 8, build';

const CONFIG = "import vue from '@vitejs/plugin-vue';\nexport default { plugins: [vue()] };\n";

const APP = `<script setup>
import { onMounted, ref } from 'vue';
import { use } from './use.js';
const said = ref('waits');
onMounted(async () => {
  const result = await use();
  said.value = result.variant;
  globalThis.result = result;
});
</script>
<template><p>{{ said }}</p></template>
`;

const MAIN = "import { createApp } from 'vue';\nimport App from './App.vue';\ncreateApp(App).mount('#app');\n";

export async function check(context) {
  const files = { 'vite.config.js': CONFIG, 'App.vue': APP, 'use.js': fixture('use.js'), ...componentPage(MAIN) };
  const folder = await createProject(context, { packages: ['vite@8', 'vue@3', '@vitejs/plugin-vue'], files });
  await run(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'], { cwd: folder });
  return (await checkServed(serve(join(folder, 'dist')))).said;
}
