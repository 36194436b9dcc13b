// What the other files of this folder mount: two models, in workers of their own.
import { createService } from 'receptive/serve';

const net = (name) => ({ name, model: `node_modules/receptive/examples/assets/${name}.safetensors` });
export const service = await createService({ models: [net('squeezenet1_1'), net('lenet5')], size: 1 });
