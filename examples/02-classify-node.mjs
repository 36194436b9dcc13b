// A photo in, its labels out. The model file holds the graph, the weights, the preprocessing and the labels.
//     node examples/02-classify-node.mjs [PHOTO]
import { fileURLToPath } from 'node:url';
import { load } from 'receptive';

const local = (path) => fileURLToPath(new URL(path, import.meta.url));

const model = await load(local('assets/squeezenet1_1.safetensors'));
const { top, ms } = await model.classify(process.argv[2] ?? local('assets/photos/coffee.png'));

for (const { label, probability } of top) console.log(`${(100 * probability).toFixed(1).padStart(5)} %  ${label}`);
console.log(`${model.variant} kernels: decode ${ms.decode.toFixed(1)} ms, run ${ms.run.toFixed(1)} ms`);
await model.dispose();
