/** The networks of the chapter, without their builders: the page's thread needs only names. */
export const NETS = ['lenet', 'alexnet', 'vgg', 'resnet'] as const;
export type NetName = (typeof NETS)[number];

export const TITLES: Readonly<Record<NetName, string>> = { lenet: 'LeNet-5', alexnet: 'AlexNet', vgg: 'VGG-16', resnet: 'ResNet-18' };

/** Of publication. */
export const YEARS: Readonly<Record<NetName, number>> = { lenet: 1998, alexnet: 2012, vgg: 2014, resnet: 2015 };
