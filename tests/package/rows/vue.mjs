import { checkComponent } from '../lib/component.mjs';

export const title = 'Vue 3: the component of the browser guide';

const MAIN = `import { createApp } from 'vue';
import PhotoLabel from './PhotoLabel.vue';
const app = createApp(PhotoLabel, { url: '/squeezenet1_1.safetensors' });
app.mount('#app');
document.querySelector('button').onclick = () => app.unmount();
`;

export const check = (context) =>
  checkComponent(context, {
    heading: 'Vue', language: 'vue', file: 'PhotoLabel.vue', packages: ['vue@3', '@vitejs/plugin-vue@6', 'typescript@5'],
    files: { 'main.js': MAIN, 'vite.config.js': "import vue from '@vitejs/plugin-vue';\nexport default { plugins: [vue()] };\n" },
  });
