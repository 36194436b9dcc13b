import { checkTypes } from '../lib/types.mjs';

export const title = 'TypeScript, moduleResolution bundler';

export const check = (context) => checkTypes(context, { module: 'esnext', moduleResolution: 'bundler', lib: ['ES2022', 'DOM', 'ESNext.Disposable'] });
