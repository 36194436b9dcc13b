import type { PlatformBlob, PlatformImage, PlatformURL } from '../base/globals.js';

/**
 * Pixels as they arrive: rows from the top, channels interleaved, 8 bits each.
 * One channel is grey, three are RGB, four are RGBA with straight (not premultiplied) alpha.
 */
export interface RawImage {
  /** width * height * channels bytes. */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Bytes of a pixel. */
  readonly channels: 1 | 3 | 4;
}

/** Three bytes a pixel, rows from the top; upright, and opaque: alpha has been laid over white. */
export interface RgbImage {
  /** width * height * 3 bytes. */
  readonly data: Uint8Array;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
}

/** How a size between the source pixels is filled in; `bicubic` with a = -1/2 (Keys 1981, doi 10.1109/TASSP.1981.1163711). Both antialias when they shrink. */
export type ResizeFilter = 'bilinear' | 'bicubic';

/** One number for a square, or [height, width]. */
export type Size = number | readonly [number, number];

/**
 * What happens between pixels and the input tensor:
 * resize, centre crop, then `(value * scale - mean[c]) / std[c]` per channel.
 */
export interface PreprocessSpec {
  /** Target of the resize, in pixels, before the crop. Absent: the image keeps its size. */
  readonly size?: Size;
  /**
   * `shorter` keeps the proportions and gives the shorter side `size`; `stretch` does not keep them; `letterbox` keeps them, makes the
   * image as large as fits into `size`, and fills the rest.
   */
  readonly resize?: 'shorter' | 'stretch' | 'letterbox';
  /** Of a letterbox: the 0..255 value of each channel around the image. Default 114, a grey. */
  readonly fill?: number;
  /** Of a letterbox: where the image stands, in the middle or at the top left. Default `centre`. */
  readonly anchor?: 'centre' | 'start';
  /**
   * Of a letterbox: a number of pixels. Height and width become the least multiples of it around the resized image in place of all of
   * `size`: for nets that take many sizes, whose largest stride this is.
   */
  readonly multiple?: number;
  /** Centre crop after the resize, in pixels. Absent: no crop. */
  readonly crop?: Size;
  /** How pixels between those of the source are filled in. Default `bilinear`. */
  readonly filter?: ResizeFilter;
  /** Subtracted after scaling; in the order of the output channels. */
  readonly mean: readonly [number, number, number];
  /** Divides last; in the order of the output channels. */
  readonly std: readonly [number, number, number];
  /** Multiplies the 0..255 pixel value: 1/255 for nets trained on 0..1, 1 for nets trained on raw values. */
  readonly scale: number;
  /** Order of the output channels. */
  readonly order: 'rgb' | 'bgr';
}

/**
 * A known preprocessing.
 *
 * - `imagenet`: shorter side 256, centre crop 224, 0..1, ImageNet's mean and deviation, RGB
 * - `caffe`: stretched to the input, BGR minus (104.006, 116.669, 122.679), 0..255
 * - `tf`: stretched to the input, -1..1, RGB
 * - `unit`: stretched to the input, 0..1, RGB
 * - `letterbox`: as large as fits into the input, in the middle of grey 114, 0..1, RGB
 */
export type PresetName = 'imagenet' | 'caffe' | 'tf' | 'unit' | 'letterbox';

/** A preset by name, or fields of a spec, laid over a preset (`unit` unless named). */
export type PreprocessOptions = PresetName | PreprocessFields;

/** The fields of a spec, each of them optional. */
export type PreprocessFields = { readonly [Key in keyof PreprocessSpec]?: PreprocessSpec[Key] | undefined } & {
  /** What the fields are laid over. Default `unit`. */
  readonly preset?: PresetName | undefined;
};

/** How an image is decoded. */
export interface DecodeOptions {
  /**
   * An encoded image that announces more pixels is refused before it is decoded: a file of a megabyte may hold a hundred
   * million. Default 50,000,000.
   */
  readonly maxPixels?: number | undefined;
}

/**
 * Anything `decodeImage` reads: raw pixels, ImageData, encoded bytes, a Blob or File, a path (Node) or URL,
 * and in browsers an ImageBitmap, VideoFrame, OffscreenCanvas, or an element that shows an image.
 */
export type ImageInput =
  | RawImage
  | RgbImage
  | string
  | PlatformURL
  | Uint8Array
  | ArrayBuffer
  | PlatformBlob
  | PlatformImage;

/** What `classifyBytes` takes: an image that is there, never the address of one. */
export type ImageContent = Exclude<ImageInput, string | PlatformURL>;
