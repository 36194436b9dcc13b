import { runEsm } from '../lib/node.mjs';

export const title = 'Node 22, ES modules';

export const check = (context) => runEsm(context, 22);
