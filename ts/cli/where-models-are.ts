import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as assets from '../entries/assets.js';

/** Nets whose trained weights ship with the package, with the addresses of their files. */
export const SHIPPED: Readonly<Record<string, string>> = { ...assets };

/** Models with trained weights that lie in the repository alone: with them the package would be three times as large. */
export const IN_REPOSITORY = {
  nanodet: new URL('../examples/assets/nanodet.safetensors', import.meta.url),
  selfie: new URL('../examples/assets/selfie.safetensors', import.meta.url),
};

/** Whether it is the name of a model of the repository. */
export function isInRepository(name: string): name is keyof typeof IN_REPOSITORY {
  return Object.hasOwn(IN_REPOSITORY, name);
}

/** Whether the file of a model of the repository is there: it is not where the package lies alone. */
export function isThere(name: keyof typeof IN_REPOSITORY): boolean {
  return existsSync(fileURLToPath(IN_REPOSITORY[name]));
}

/** Names of the models whose trained weights are here. */
export function withWeights(): readonly string[] {
  return [...Object.keys(SHIPPED), ...Object.keys(IN_REPOSITORY).filter((name) => isInRepository(name) && isThere(name))];
}

/** How to come to the trained weights of a net by name. @param name - one, or `NAME` for any */
export function howToGet(name: string): string {
  const convert = `receptive convert ${name} --weights FILE.safetensors -o ${name}.safetensors`;
  return `for ${name} convert weights that have torchvision's names (${convert}), or export the trained network from PyTorch as ONNX`;
}

/** What files fit a task that no model of the package is for. @param what - `detector` or `segmenter` */
export function whichFit(what: string, name: keyof typeof IN_REPOSITORY): string {
  const exported = what === 'detector' ? 'an ONNX export of YOLO, SSD, Faster R-CNN or NanoDet' : 'an ONNX export whose output is [1, classes, H, W]';
  return `the package ships no ${what}: take ${exported}, train one (receptive train --task ${what === 'detector' ? 'detect' : 'segment'}), or examples/assets/${name}.safetensors of the repository; receptive convert makes one file of it, receptive inspect says whether it fits`;
}
