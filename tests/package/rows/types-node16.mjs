import { checkTypes } from '../lib/types.mjs';

export const title = 'TypeScript, moduleResolution node16';

export const check = (context) => checkTypes(context, { module: 'node16', moduleResolution: 'node16', lib: ['ES2022', 'DOM', 'ESNext.Disposable'] });
