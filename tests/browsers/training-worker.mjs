/** A worker of a page that trains on its own thread with the built package. */
import * as layers from '../../dist/web/layers.js';
import * as train from '../../dist/web/train-inline.js';
import { trained } from './training.mjs';

self.onmessage = async ({ data }) => self.postMessage(await trained(train, layers, data).catch((error) => ({ error: String(error) })));
