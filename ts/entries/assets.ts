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

/**
 * LeNet-5 (LeCun et al. 1998, "Gradient-based learning applied to document recognition") that has learned MNIST here: 127 kB, 99.59 % of
 * the 10,000 test digits right (`examples/guides/learning.md`). Input [N, 1, 28, 28], white on black; `digit` of `receptive/train`
 * prepares drawings and photos. A URL.
 */
export const lenet5: string = new URL('../examples/assets/lenet5.safetensors', import.meta.url).href;
