import type { Graph } from '../../graph/graph.js';
import { adaptiveAvgPool2d, add, conv2d, graph, input, mul, named, relu, sequential, sigmoid, upsampleLike } from '../../ops/layers.js';
import { checked, IMAGES } from '../classic.js';
import type { ModelOptions } from '../classic.js';
import { byIndex, convNorm } from '../classification/blocks.js';
import { mobileNetV3Features } from '../classification/mobilenet-v3.js';
import { asLargeAs, backboneMaps, VOC_CLASSES } from './parts.js';

/** Channels of the head. */
const WIDTH = 128;

/** Modules whose maps the head looks at: an eighth and a sixteenth of the image. */
const [LOW, HIGH] = [4, 16] as const;

/**
 * Lite R-ASPP on a MobileNetV3-Large whose last stage is dilated (Howard et al. 2019, arXiv 1905.02244), as in torchvision: [N, 3, H, W] to
 * scores `out` [N, classes, H, W]. 21 classes unless given.
 * @throws as `lenet5`
 */
export function lraspp_mobilenet_v3_large(options: ModelOptions = {}): Graph {
  const { classes = VOC_CLASSES, input: shape = IMAGES } = checked('lraspp_mobilenet_v3_large', options);
  const { layers, channels } = mobileNetV3Features('large', { dilated: true });
  const [lowChannels, highChannels] = [channels[LOW]!, channels[HIGH]!];
  const x = input(shape);
  const maps = backboneMaps(byIndex(layers), [String(LOW), String(HIGH)], x);
  const [low, high] = [maps[LOW]!, maps[HIGH]!];
  const cbr = named('cbr', convNorm(highChannels, WIDTH, 1, { activation: relu }));
  const scale = sequential([adaptiveAvgPool2d(1), conv2d(highChannels, WIDTH, 1, { bias: false }), sigmoid()], { name: 'scale' });
  const classifier = named('classifier', () => {
    const gated = upsampleLike(mul(cbr(high), scale(high)), low, { mode: 'bilinear' });
    return add(conv2d(lowChannels, classes, 1, { name: 'low_classifier' })(low), conv2d(WIDTH, classes, 1, { name: 'high_classifier' })(gated));
  });
  return graph({ input: x }, { out: asLargeAs(classifier(high), x) });
}
