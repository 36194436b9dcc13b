/** What the package holds, as `npm pack` packs it. */

const EXAMPLES = [
  '01-convolve-by-hand', '02-classify-node', '04-worker-pool', '05-onnx', '06-layers-lenet', '07-residual', '08-naive-vs-im2col', '09-service', '10-train-lenet',
  '11-vanishing-gradients', '12-shuffled-pixels', '13-transfer', '14-learned-kernels', '15-digit-scenes', '16-tiny-yolo', '17-faces', '18-tiny-faster-rcnn', '19-text-boxes',
  '20-blazeface',
];

/** All that is to be in the tarball; what is built without rust-src lacks the threaded variants. */
export const FILES = [
  'package.json', 'README.md', 'LICENSE', 'NOTICE', 'CHANGELOG.md', 'examples/assets/squeezenet1_1.safetensors', 'examples/assets/lenet5.safetensors',
  ...EXAMPLES.map((name) => `examples/${name}.mjs`),
  ...['browser.md', 'convolution.svg', 'detection.md', 'errors.md', 'format.md', 'internals.md', 'learner.ko.md', 'learner.md', 'learning.md', 'models.md', 'service.md', 'service-mounts.md', 'training.md'].map((name) => `examples/guides/${name}`),
  ...['service.mjs', 'node-http.mjs', 'hono.mjs', 'express.mjs', 'fastify.mjs', 'next.mjs', 'deno.mjs', 'bun.mjs', 'haproxy.cfg', 'Dockerfile', '.dockerignore', 'kubernetes.yaml', 'keda.yaml', 'kserve.yaml'].map((name) => `examples/service/${name}`),
  'dist/cli.js', 'dist/embedded.js', 'dist/assets.js',
  ...['all', 'index', 'layers', 'image', 'models', 'save', 'lessons', 'vision', 'inline', 'inline-onnx', 'inline-where', 'worker', 'worker-onnx', 'train', 'train-inline', 'train-worker'].map((name) => `dist/web/${name}.js`),
  ...['all', 'index', 'layers', 'image', 'models', 'save', 'lessons', 'vision', 'inline', 'inline-onnx', 'inline-where', 'worker', 'worker-onnx', 'train', 'train-worker'].map((name) => `dist/simd/${name}.js`),
  ...['index', 'layers', 'image', 'models', 'save', 'lessons', 'vision', 'serve', 'inline', 'inline-onnx', 'inline-where', 'worker', 'worker-onnx', 'train', 'train-inline', 'train-worker'].map((name) => `dist/node/${name}.js`),
  ...['index', 'layers', 'image', 'models', 'inline', 'embedded', 'assets', 'save', 'lessons', 'vision', 'serve', 'shared', 'train', 'train-inline'].map((name) => `dist/types/${name}.d.ts`),
  ...['', 'train-'].flatMap((kind) => ['scalar', 'simd', 'relaxed', 'simd-threads', 'relaxed-threads'].map((name) => `dist/wasm/${kind}${name}.wasm`)),
  'dist/wasm/wide.wasm', 'dist/wasm/wide-threads.wasm', 'dist/wasm/lessons.wasm',
];
