import type { Tensor } from '../tensor/tensor.js';

/** Batches of `images` in parts of `atOnce`, the last perhaps of fewer. The parts are views. */
export function splitImages(tensors: readonly Tensor[], images: number, atOnce: number): Tensor[][] {
  return Array.from({ length: Math.ceil(images / atOnce) }, (_, part) => {
    const [first, last] = [part * atOnce, Math.min((part + 1) * atOnce, images)];
    return tensors.map(({ dtype, shape, data }): Tensor => {
      const each = data.length / images;
      return { dtype, shape: [last - first, ...shape.slice(1)], data: data.subarray(first * each, last * each) };
    });
  });
}

/** The outputs of all parts, behind each other; of a single part as they are. */
export function joinImages(parts: readonly Readonly<Record<string, Tensor>>[]): Record<string, Tensor> {
  const [first = {}] = parts;
  if (parts.length === 1) return first;
  return Object.fromEntries(Object.entries(first).map(([name, { dtype, shape }]) => {
    const tensors = parts.flatMap((part) => part[name] ?? []);
    const data = new Float32Array(tensors.reduce((sum, part) => sum + part.data.length, 0));
    let at = 0;
    for (const part of tensors) {
      data.set(part.data, at);
      at += part.data.length;
    }
    const images = tensors.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0);
    return [name, { dtype, shape: [images, ...shape.slice(1)], data }];
  }));
}
