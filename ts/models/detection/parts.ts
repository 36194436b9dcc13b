// The parts that networks of two stages are made of.
export { anchorBoxes, pyramidAnchors } from './anchors.js';
export type { AnchorSpec } from './anchors.js';
export { decodeBox, encodeBox } from './box-coder.js';
export type { CoderWeights, Edges } from './box-coder.js';
export { fasterRcnn, resnetFpn, twoStage } from './faster-rcnn.js';
export type { ResnetFpnOptions, TwoStage, TwoStageOptions } from './faster-rcnn.js';
export { fpn } from './fpn.js';
export { learnTwoStage } from './learn.js';
export type { LearnOptions, SampleOptions } from './learn.js';
export { roiHead } from './roi-heads.js';
export type { RoiHead, RoiHeadSizes } from './roi-heads.js';
export { rpnHead } from './rpn.js';
