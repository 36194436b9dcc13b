/** The peak memory of a process that answers requests one after the other: `node memory.mjs ENGINE PHOTO FOLDER VARIANT`. */
import { readFileSync } from 'node:fs';
import { peakMb } from '../node/peak.mjs';
import { openEngine } from './engines.mjs';

const REQUESTS = 10;

const [name, file, folder, variant] = process.argv.slice(2);
const engine = await openEngine(name, { folder, variant });
const photo = new Uint8Array(readFileSync(file));
const loadedMb = process.memoryUsage.rss() / 2 ** 20;
for (let i = 0; i < REQUESTS; i += 1) await engine.classify(photo);
process.send({ loadedMb, peakMb: peakMb() }, () => process.exit(0));
