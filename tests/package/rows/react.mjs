import { checkComponent } from '../lib/component.mjs';

export const title = 'React 19: the component of the browser guide, in strict mode';

const MAIN = `import { createElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { PhotoLabel } from './PhotoLabel';
const root = createRoot(document.querySelector('#app')!);
root.render(createElement(StrictMode, null, createElement(PhotoLabel, { url: '/squeezenet1_1.safetensors' })));
document.querySelector('button')!.onclick = () => root.unmount();
`;

export const check = (context) =>
  checkComponent(context, {
    heading: 'React', language: 'tsx', file: 'PhotoLabel.tsx', packages: ['react@19', 'react-dom@19', '@vitejs/plugin-react@6'],
    files: { 'main.ts': MAIN, 'vite.config.js': "import react from '@vitejs/plugin-react';\nexport default { plugins: [react()] };\n" },
  });
