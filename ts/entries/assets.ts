/**
 * Addresses of the models that ship with the package, as `load` takes them: in Node a file URL. Vite, webpack and Next.js find the
 * file by this and copy it; elsewhere `npx receptive model squeezenet1_1 -o public/` does.
 * @module receptive/assets
 */

/**
 * SqueezeNet 1.1 (Iandola et al. 2016, arXiv 1602.07360) with trained weights, ImageNet's 1000 labels and its preprocessing: 2.5 MB.
 * A URL.
 */
export const squeezenet1_1: string = new URL('../examples/assets/squeezenet1_1.safetensors', import.meta.url).href;
