/** Every network that has a record in tests/golden/state, with all parameters that the record has. */
import type { Graph } from '../../ts/graph/graph.js';
import * as models from '../../ts/models/index.js';

/** By name. */
export const BUILDERS: Readonly<Record<string, () => Graph>> = {
  alexnet: models.alexnet,
  convnext_tiny: models.convnext_tiny,
  deeplabv3_mobilenet_v3_large: () => models.deeplabv3_mobilenet_v3_large({ auxLoss: true }),
  densenet121: models.densenet121,
  efficientnet_b0: models.efficientnet_b0,
  fcn_resnet50: () => models.fcn_resnet50({ auxLoss: true }),
  googlenet: () => models.googlenet({ auxLogits: true }),
  lenet5: models.lenet5,
  lraspp_mobilenet_v3_large: models.lraspp_mobilenet_v3_large,
  mnasnet1_0: models.mnasnet1_0,
  mobilenet_v2: models.mobilenet_v2,
  mobilenet_v3_large: models.mobilenet_v3_large,
  mobilenet_v3_small: models.mobilenet_v3_small,
  regnet_y_400mf: models.regnet_y_400mf,
  retinanet_resnet50_fpn: () => models.retinanet_resnet50_fpn({ input: [1, 3, 128, 256] }),
  resnet18: models.resnet18,
  resnet34: models.resnet34,
  resnet50: models.resnet50,
  resnet101: models.resnet101,
  resnet152: models.resnet152,
  shufflenet_v2_x1_0: models.shufflenet_v2_x1_0,
  squeezenet1_1: models.squeezenet1_1,
  ssdlite320_mobilenet_v3_large: models.ssdlite320_mobilenet_v3_large,
  unet: models.unet,
  vgg11: models.vgg11,
  vgg16: models.vgg16,
  vgg16_bn: models.vgg16_bn,
  vgg19: models.vgg19,
  yolov3_tiny: models.yolov3_tiny,
};
