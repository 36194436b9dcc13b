import type { Graph } from '../../graph/graph.js';
import { resnetFeatures } from '../resnet.js';
import { fcnHead, segmenter } from './parts.js';
import type { SegmentationOptions } from './parts.js';

/**
 * FCN on a ResNet-50 whose last two stages are dilated (Long et al. 2014, arXiv 1411.4038), as in torchvision: [N, 3, H, W] to scores `out`
 * [N, classes, H, W]. 21 classes unless given. torchvision's own weights have a second head: see `auxLoss`.
 * @throws as `lenet5`
 */
export function fcn_resnet50(options: SegmentationOptions = {}): Graph {
  return segmenter('fcn_resnet50', options, () => ({
    backbone: resnetFeatures(50, [false, true, true]),
    taps: { out: 'layer4', aux: 'layer3' },
    classifier: (classes) => fcnHead(2048, classes),
    auxiliary: (classes) => fcnHead(1024, classes),
  }));
}
