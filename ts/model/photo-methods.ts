import type { PlatformAbortSignal } from '../base/globals.js';
import { expectNoLocation } from '../image/location.js';
import type { ImageContent, ImageInput } from '../image/types.js';
import type { Classification, ClassifyOptions } from '../tasks/classify.js';
import type { Detections, DetectOptions } from '../tasks/detect/detect.js';
import type { EmbedOptions } from '../tasks/embed.js';
import type { PhotoCall, PhotoCallAnswer, PhotoCallOptions } from '../tasks/photo-tasks.js';
import type { Segmentation, SegmentOptions } from '../tasks/segment/segment.js';

/** Where a model computes: on the calling thread, which has its answers at once, or in a worker. */
export type Computes = 'here' | 'in a worker';

/** What a call in a worker takes besides. */
export type Abortable<Where extends Computes, Options> = Where extends 'here' ? Options : Options & {
  /** Aborts the call, as that of `run`. */
  signal?: PlatformAbortSignal;
};

const REMEDY = 'give bytes: read the file, or fetch the address, yourself';

/**
 * What models and pools are asked about photos, wherever they compute. Each call has a twin for photos that others sent, which takes bytes,
 * a Blob or pixels: a string or URL is refused there, whatever the options say, so that nobody can have files of this machine read
 * or addresses fetched.
 */
export abstract class PhotoMethods<Where extends Computes> {
  /** How to call where strings and URLs are not followed; undefined where they are. @internal */
  protected abstract readonly noLocations: string | undefined;

  /** Has the question answered. @internal */
  protected abstract askPhoto<Name extends PhotoCall>(
    name: Name, image: ImageInput, options: Abortable<Where, PhotoCallOptions<Name>>, locations: boolean,
  ): Promise<PhotoCallAnswer<Name>>;

  /**
   * The likeliest classes of an image, with their probabilities and the milliseconds its parts took. For images that others sent
   * see `classifyBytes`.
   * @throws ArgumentError for a string or URL where the option `locations` is false, as a pool has it unless told otherwise, and for
   *   labels of another number than classes; ImageError for what is no image; UnsupportedError for a model that takes another input
   *   than one image, or gives another output than one score a class; EngineError if the scores are not finite; OverloadedError and
   *   what else ends a call of `run`
   */
  async classify(image: ImageInput, options: Abortable<Where, ClassifyOptions> = {}): Promise<Classification> {
    return this.followed('classify', image, options);
  }

  /** As `classify`, for images that others sent. @throws ArgumentError for a string or URL; what `classify` throws */
  async classifyBytes(image: ImageContent, options: Abortable<Where, ClassifyOptions> = {}): Promise<Classification> {
    return this.unfollowed('classify', image, options);
  }

  /**
   * What is where on an image: boxes in pixels of the photo as it is shown.
   * @throws UnsupportedError for a model that is no detector of a known form; ArgumentError for options without meaning; what
   *   `classify` throws for images
   */
  async detect(image: ImageInput, options: Abortable<Where, DetectOptions> = {}): Promise<Detections> {
    return this.followed('detect', image, options);
  }

  /** As `detect`, for images that others sent. @throws ArgumentError for a string or URL; what `detect` throws */
  async detectBytes(image: ImageContent, options: Abortable<Where, DetectOptions> = {}): Promise<Detections> {
    return this.unfollowed('detect', image, options);
  }

  /**
   * The class of each pixel of an image.
   * @throws UnsupportedError for a model that gives no map of scores; ArgumentError for options without meaning; what `classify`
   *   throws for images
   */
  async segment(image: ImageInput, options: Abortable<Where, SegmentOptions> = {}): Promise<Segmentation> {
    return this.followed('segment', image, options);
  }

  /** As `segment`, for images that others sent. @throws ArgumentError for a string or URL; what `segment` throws */
  async segmentBytes(image: ImageContent, options: Abortable<Where, SegmentOptions> = {}): Promise<Segmentation> {
    return this.unfollowed('segment', image, options);
  }

  /**
   * The features of an image, as the last layer of a classifier reads them, one number each: images that look alike to the net have vectors
   * of nearly one direction. With `normalize` the product of two is the cosine of their angle.
   * @throws UnsupportedError for a model without such a layer, or made for another task; EngineError if a feature is not finite; what
   *   `classify` throws for images
   */
  async embed(image: ImageInput, options: Abortable<Where, EmbedOptions> = {}): Promise<Float32Array> {
    return (await this.followed('embed', image, options)).vector;
  }

  /** As `embed`, for images that others sent. @throws ArgumentError for a string or URL; what `embed` throws */
  async embedBytes(image: ImageContent, options: Abortable<Where, EmbedOptions> = {}): Promise<Float32Array> {
    return (await this.unfollowed('embed', image, options)).vector;
  }

  private followed<Name extends PhotoCall>(name: Name, image: ImageInput, options: Abortable<Where, PhotoCallOptions<Name>>): Promise<PhotoCallAnswer<Name>> {
    const { noLocations } = this;
    if (noLocations !== undefined) expectNoLocation(image, name, noLocations);
    return this.askPhoto(name, image, options, noLocations === undefined);
  }

  private unfollowed<Name extends PhotoCall>(name: Name, image: ImageInput, options: Abortable<Where, PhotoCallOptions<Name>>): Promise<PhotoCallAnswer<Name>> {
    expectNoLocation(image, `${name}Bytes`, REMEDY);
    return this.askPhoto(name, image, options, false);
  }
}
