// Types of images and of how they become inputs.
export type { PreprocessFields, PreprocessOptions, PreprocessSpec, PresetName, ResizeFilter, Size } from '../../image/types.js';
export type { DecodeOptions, ImageContent, ImageInput, RawImage, RgbImage } from '../../image/types.js';
