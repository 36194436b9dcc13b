import { runEsm } from '../lib/node.mjs';

export const title = 'Node 24, ES modules';

export const check = (context) => runEsm(context, 24);
