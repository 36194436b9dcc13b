/** The product's own builders of the chapter's networks. */
import { models } from 'receptive/inline';
import type { Graph } from 'receptive/layers';
import type { NetName } from './names.js';

interface Net {
  readonly input: readonly number[];
  readonly build: (options: { readonly input: readonly number[] }) => Graph;
}

const PHOTO = [1, 3, 224, 224];

export const NET: Readonly<Record<NetName, Net>> = {
  lenet: { input: [1, 1, 28, 28], build: models.lenet5 },
  alexnet: { input: PHOTO, build: models.alexnet },
  vgg: { input: PHOTO, build: models.vgg16 },
  resnet: { input: PHOTO, build: models.resnet18 },
};
