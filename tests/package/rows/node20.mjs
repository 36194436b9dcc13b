import { runEsm } from '../lib/node.mjs';

export const title = 'Node 20, ES modules';

export const check = (context) => runEsm(context, 20);
