/**
 * Networks by the names they are known by, without weights; parameters are named as in torchvision.
 * @module receptive/models
 */
export { alexnet, lenet5, vgg11, vgg11_bn, vgg13, vgg13_bn, vgg16, vgg16_bn, vgg19, vgg19_bn } from './classic.js';
export type { ModelOptions } from './classic.js';
export { unet, yolov3_tiny } from './dense.js';
export type { UnetOptions } from './dense.js';
export { resnet101, resnet152, resnet18, resnet34, resnet50 } from './resnet.js';
export { mobilenet_v2, squeezenet1_1 } from './small.js';
export { tinyYolo } from './detection/tiny-yolo.js';
export type { TinyYoloOptions } from './detection/tiny-yolo.js';
