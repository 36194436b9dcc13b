import type { Classification, ClassifyOptions } from './engine/classify.js';
import { DisposedError } from './errors.js';
import type { PlatformAbortSignal, PlatformMovingImage } from './globals.js';
import type { ImageInput } from './image/types.js';

/** A model or pool, wherever it runs. */
export interface WatchModel {
  /** As `Model.classify`. */
  classify(image: ImageInput, options?: ClassifyOptions & { signal?: PlatformAbortSignal }): Promise<Classification>;
}

/** What moves: a video or canvas, a camera's track (on pages), or a function that gives the image of the moment. */
export type WatchSource = PlatformMovingImage | (() => ImageInput | Promise<ImageInput>);

/** How a source is watched: as `classify` takes it. */
export interface WatchOptions extends ClassifyOptions {
  /** Ends the loop. */
  readonly signal?: PlatformAbortSignal | undefined;
}

/**
 * Classifies the newest frame, again and again: one at a time, and those that come in between are dropped. A video is looked at
 * once for each frame it shows, all else at most once for each frame of the page; hidden pages pause.
 * The loop ends when it is left, by the signal, with the video or track, and when the model is disposed.
 * @throws what `classify` throws, but no AbortedError or DisposedError
 */
export async function* watch(model: WatchModel, source: WatchSource, options: WatchOptions = {}): AsyncGenerator<Classification, void, undefined> {
  const { signal, ...rest } = options;
  const image = 'getSettings' in source ? await playing(source) : source;
  const frames = new Frames(image, signal);
  try {
    while (await frames.next()) {
      const newest = typeof image === 'function' ? await image() : image;
      yield await model.classify(newest, signal ? { ...rest, signal } : rest);
    }
  } catch (error) {
    if (!signal?.aborted && !(error instanceof DisposedError)) throw error;
  } finally {
    frames.stop();
    if (image !== source) (image as HTMLVideoElement).srcObject = null;
  }
}

/** A video nobody sees, of a camera's track. */
async function playing(track: MediaStreamTrack): Promise<HTMLVideoElement> {
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true, srcObject: new MediaStream([track]) });
  await video.play();
  return video;
}

/** Tells when there is a frame that was not looked at. */
class Frames {
  private fresh: boolean;
  private over = false;
  private wake: (() => void) | undefined;
  private readonly video: HTMLVideoElement | undefined;

  constructor(source: Exclude<WatchSource, MediaStreamTrack>, private readonly signal: AbortSignal | undefined) {
    this.video = 'readyState' in source ? source : undefined;
    this.fresh = !this.video || this.video.readyState > 1;
    this.tick();
    signal?.addEventListener('abort', this.end);
    this.video?.addEventListener('ended', this.end);
  }

  /** Waits for it; false when no more will come. */
  async next(): Promise<boolean> {
    if (!this.fresh && !this.finished) await new Promise<void>((wake) => (this.wake = wake));
    this.fresh = false;
    return !this.finished;
  }

  stop(): void {
    this.over = true;
    this.signal?.removeEventListener('abort', this.end);
    this.video?.removeEventListener('ended', this.end);
  }

  private get finished(): boolean {
    return this.over || this.signal?.aborted === true;
  }

  private readonly end = (): void => {
    this.over = true;
    this.wake?.();
  };

  private readonly tick = (): void => {
    const seen = (): void => {
      this.fresh = true;
      this.wake?.();
      if (!this.over) this.tick();
    };
    if (this.video && 'requestVideoFrameCallback' in this.video) this.video.requestVideoFrameCallback(seen);
    else if (typeof requestAnimationFrame === 'function') requestAnimationFrame(seen);
    else setTimeout(seen, 16);
  };
}
