/** What Node learns, for the browsers to learn the same: `node node-training.mjs VARIANT` prints the digests. */
import * as layers from '../../dist/node/layers.js';
import * as train from '../../dist/node/train-inline.js';
import { trained } from './training.mjs';

process.stdout.write(JSON.stringify(await trained(train, layers, process.argv[2])));
