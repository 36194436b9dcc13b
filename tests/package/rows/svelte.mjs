import { checkComponent } from '../lib/component.mjs';

export const title = 'Svelte 5: the component of the browser guide';

const MAIN = `import { mount, unmount } from 'svelte';
import PhotoLabel from './PhotoLabel.svelte';
const shown = mount(PhotoLabel, { target: document.querySelector('#app'), props: { url: '/squeezenet1_1.safetensors' } });
document.querySelector('button').onclick = () => unmount(shown);
`;

export const check = (context) =>
  checkComponent(context, {
    heading: 'Svelte', language: 'svelte', file: 'PhotoLabel.svelte', packages: ['svelte@5', '@sveltejs/vite-plugin-svelte'],
    files: { 'main.js': MAIN, 'vite.config.js': "import { svelte } from '@sveltejs/vite-plugin-svelte';\nexport default { plugins: [svelte()] };\n" },
  });
