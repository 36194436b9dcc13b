/**
 * Networks by the names they are known by, without weights; parameters are named as in torchvision.
 * @module receptive/models
 */
export { alexnet, lenet5, vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn } from './classic.js';
export type { ModelOptions } from './classic.js';
export { convnext_tiny } from './classification/convnext.js';
export type { ConvNeXtOptions } from './classification/convnext.js';
export { densenet121 } from './classification/densenet.js';
export type { DenseNetOptions } from './classification/densenet.js';
export { efficientnet_b0 } from './classification/efficientnet.js';
export type { EfficientNetOptions } from './classification/efficientnet.js';
export { googlenet } from './classification/googlenet.js';
export type { GoogLeNetOptions } from './classification/googlenet.js';
export { mnasnet1_0 } from './classification/mnasnet.js';
export type { MnasNetOptions } from './classification/mnasnet.js';
export { mobilenet_v3_large, mobilenet_v3_small } from './classification/mobilenet-v3.js';
export type { MobileNetV3Features, MobileNetV3Options } from './classification/mobilenet-v3.js';
export { regnet_y_400mf } from './classification/regnet.js';
export { shufflenet_v2_x1_0 } from './classification/shufflenet-v2.js';
export { fasterrcnn_resnet50_fpn } from './detection/faster-rcnn.js';
export type { FasterRcnnModelOptions } from './detection/faster-rcnn.js';
export { retinanet_resnet50_fpn } from './detection/retinanet.js';
export type { RetinaNetOptions } from './detection/retinanet.js';
export { ssdlite320_mobilenet_v3_large } from './detection/ssdlite.js';
export { unet, yolov3_tiny } from './dense.js';
export type { UnetOptions } from './dense.js';
export { resnet101, resnet152, resnet18, resnet34, resnet50 } from './resnet.js';
export type { ReplaceStrideWithDilation, ResNetOptions } from './resnet.js';
export { deeplabv3_mobilenet_v3_large } from './segmentation/deeplabv3.js';
export { fcn_resnet50 } from './segmentation/fcn.js';
export { lraspp_mobilenet_v3_large } from './segmentation/lraspp.js';
export type { SegmentationOptions } from './segmentation/parts.js';
export { mobilenet_v2, squeezenet1_1 } from './small.js';
export { tinyFasterRcnn } from './detection/tiny-faster-rcnn.js';
export type { TinyFasterRcnnOptions } from './detection/tiny-faster-rcnn.js';
export { tinyYolo } from './detection/tiny-yolo.js';
export type { TinyYoloOptions } from './detection/tiny-yolo.js';
