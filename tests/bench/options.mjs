/** The command line of the benchmark. */
import { parseArgs } from 'node:util';
import { DEFAULT_NETS, NETS } from './nets.mjs';
import { KINDS, PHOTOS, SIZES } from './photo/sizes.mjs';
import { TRAINED } from './train/rows.mjs';

export const HELP = `npm run bench -- [options]
  --nets a,b        networks (default: ${DEFAULT_NETS.join(',')}; also ${Object.keys(NETS).filter((name) => NETS[name].optional).join(', ')})
  --batch 1,8       images at once (default 1)
  --threads N       threads of every engine (default 1)
  --seconds S       time for the rounds of one network (default 8): at least 5 rounds, at most 30, of lenet5 500
  --variant V       simd or relaxed for this library (default: the fastest that runs)
  --wide            also this library with paired vectors (Node 24 and later on x64)
  --without a,b     leaves rivals out: onnxruntime-web, tfjs-wasm, onnxruntime-node, litert, transformers.js
  --browser         the same in Chromium
  --photo           instead: whole photos to labels, SqueezeNet 1.1, one thread; S seconds a photo
  --sizes a,b       photos of so many megapixels: ${SIZES.join(', ')} (default: all)
  --kinds a,b       with --photo --browser, only: ${KINDS.join(', ')}
  --train           instead: a step of training, networks ${Object.keys(TRAINED).join(', ')}
  --python FILE     with --train: a Python that has PyTorch (default python3)
  --load            also what loading takes, in fresh processes
  --layers          prints every layer beside the machine's roofs
  --markdown FILE, --json FILE   writes the report there too`;

const FLAGS = {
  nets: { type: 'string' },
  batch: { type: 'string', default: '1' },
  threads: { type: 'string', default: '1' },
  seconds: { type: 'string', default: '8' },
  variant: { type: 'string', default: 'auto' },
  wide: { type: 'boolean', default: false },
  without: { type: 'string', default: '' },
  browser: { type: 'boolean', default: false },
  photo: { type: 'boolean', default: false },
  sizes: { type: 'string', default: SIZES.join(',') },
  kinds: { type: 'string', default: KINDS.join(',') },
  train: { type: 'boolean', default: false },
  python: { type: 'string', default: 'python3' },
  load: { type: 'boolean', default: false },
  layers: { type: 'boolean', default: false },
  markdown: { type: 'string' },
  json: { type: 'string' },
  help: { type: 'boolean', default: false },
};

/** @throws Error for an unknown option, network or number */
export function readOptions(args) {
  const { values } = parseArgs({ args, options: FLAGS });
  const list = (text) => text.split(',').filter((item) => item !== '');
  const whole = (name, text) => {
    if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name}: expected a whole number from 1 on, got ${text}`);
    return Number(text);
  };
  const known = Object.keys(values.train ? TRAINED : NETS);
  const nets = list(values.nets ?? (values.train ? known : DEFAULT_NETS).join(','));
  const unknown = nets.find((name) => !known.includes(name));
  if (unknown) throw new Error(`--nets: no network ${unknown}; there are ${known.join(', ')}`);
  const sizes = list(values.sizes);
  const missing = sizes.find((size) => !PHOTOS[size]);
  if (missing) throw new Error(`--sizes: no photo of ${missing} megapixels; there are ${SIZES.join(', ')}`);
  const kinds = list(values.kinds);
  const strange = kinds.find((kind) => !KINDS.includes(kind));
  if (strange) throw new Error(`--kinds: no rows of ${strange}; there are ${KINDS.join(', ')}`);
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new Error(`--seconds: expected a positive number, got ${values.seconds}`);
  return {
    ...values,
    nets,
    sizes: SIZES.filter((size) => sizes.includes(size)),
    kinds,
    seconds,
    batch: list(values.batch).map((text) => whole('batch', text)),
    threads: whole('threads', values.threads),
    without: list(values.without),
  };
}
