import type { Classification, ClassifyOptions } from './classify.js';
import { DisposedError } from '../base/errors.js';
import { showValue } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import type { PlatformAbortSignal, PlatformMovingImage } from '../base/globals.js';
import type { ImageInput } from '../image/types.js';
import { CLASSIFY_OPTIONS } from './option-names.js';
import { checkOptions } from '../base/options.js';

/** A model or pool, wherever it runs. */
export interface WatchModel {
  /** The likeliest classes of an image, as `Model.classify`. */
  classify(image: ImageInput, options?: ClassifyOptions & { signal?: PlatformAbortSignal }): Promise<Classification>;
}

/** What moves: a video or canvas, a camera's track (on pages), or a function that gives the image of the moment. */
export type WatchSource = PlatformMovingImage | (() => ImageInput | Promise<ImageInput>);

/** How a source is watched: as `classify` takes it. */
export interface WatchOptions extends ClassifyOptions {
  /** Ends the loop. */
  readonly signal?: PlatformAbortSignal | undefined;
}

const WATCH_OPTIONS = { ...CLASSIFY_OPTIONS, signal: true } as const;

/**
 * Classifies the newest frame, again and again: one at a time, and those that come in between are dropped. A video is looked at
 * once for each frame it shows, all else at most once for each frame of the page; hidden pages pause.
 * The loop ends when it is left, by the signal, with the video or track, and with the next frame after the model is disposed.
 * @throws ArgumentError for arguments of another kind; what `classify` throws, but no AbortedError or DisposedError
 */
export function watch(model: WatchModel, source: WatchSource, options: WatchOptions = {}): AsyncGenerator<Classification, void, undefined> {
  check(model, source, options);
  const frames = new Frames(source, options.signal);
  const answers = loop(model, frames, options);
  const leave = answers.return.bind(answers);
  // A generator hears that it is left only after the frame it waits for.
  answers.return = (value) => {
    frames.end();
    return leave(value);
  };
  return answers;
}

function check(model: unknown, source: unknown, options: unknown): void {
  const { classify } = Object(model) as Partial<WatchModel>;
  if (typeof classify !== 'function') wrong('watch.model', 'a model or pool', showValue(model));
  if (typeof source !== 'function' && (typeof source !== 'object' || source === null)) wrong('watch.source', 'a video, canvas, track or function', showValue(source));
  checkOptions('watch', options, WATCH_OPTIONS);
  const { signal } = options as WatchOptions;
  if (signal !== undefined && typeof (signal as Partial<AbortSignal>)?.addEventListener !== 'function') wrong('watch.signal', 'an AbortSignal', showValue(signal));
}

async function* loop(model: WatchModel, frames: Frames, { signal, ...rest }: WatchOptions): AsyncGenerator<Classification, void, undefined> {
  try {
    while (await frames.next()) yield await model.classify(await frames.newest(), signal ? { ...rest, signal } : rest);
  } catch (error) {
    if (!signal?.aborted && !(error instanceof DisposedError)) throw error;
  } finally {
    frames.end();
  }
}

/** A video nobody sees, of a camera's track. */
function showing(track: MediaStreamTrack): HTMLVideoElement {
  const video = Object.assign(document.createElement('video'), { muted: true, playsInline: true, srcObject: new MediaStream([track]) });
  // It rejects where it is ended before it begins.
  video.play().catch(() => undefined);
  return video;
}

/** How often is looked whether a source has ended that does not say so, as a track that is stopped. */
const CHECK_MS = 200;

/** Tells when there is a frame that was not looked at. */
class Frames {
  private fresh: boolean;
  private over = false;
  private wake: (() => void) | undefined;
  private readonly track: MediaStreamTrack | undefined;
  private readonly image: Exclude<WatchSource, MediaStreamTrack>;
  private readonly video: HTMLVideoElement | undefined;
  private readonly checking: ReturnType<typeof setInterval> | undefined;

  constructor(source: WatchSource, private readonly signal: AbortSignal | undefined) {
    this.track = 'getSettings' in source ? source : undefined;
    this.image = 'getSettings' in source ? showing(source) : source;
    this.video = 'readyState' in this.image ? this.image : undefined;
    this.fresh = this.shows;
    this.tick();
    signal?.addEventListener('abort', this.end);
    this.video?.addEventListener('ended', this.end);
    this.video?.addEventListener('loadeddata', this.see);
    if (this.video) this.checking = setInterval(() => this.hasEnded && this.end(), CHECK_MS);
  }

  /** Nothing will come any more: the track was stopped, or the video has nothing to show. */
  private get hasEnded(): boolean {
    const { track, video } = this;
    return track?.readyState === 'ended' || (video !== undefined && (video.error !== null || (video.srcObject === null && video.currentSrc === '')));
  }

  /** The image to look at. */
  newest(): ImageInput | Promise<ImageInput> {
    return typeof this.image === 'function' ? this.image() : this.image;
  }

  /** Waits for it; false when no more will come. */
  async next(): Promise<boolean> {
    if (this.hasEnded) this.end();
    // A video that was given another source has none again.
    while (!(this.fresh && this.shows) && !this.finished) await new Promise<void>((wake) => (this.wake = wake));
    this.fresh = false;
    return !this.finished;
  }

  /** Whether there is a frame at all: browsers call back for the first of a camera before its pixels can be read. */
  private get shows(): boolean {
    return !this.video || this.video.readyState > 1;
  }

  private get finished(): boolean {
    return this.over || this.signal?.aborted === true;
  }

  readonly end = (): void => {
    this.over = true;
    clearInterval(this.checking);
    this.signal?.removeEventListener('abort', this.end);
    this.video?.removeEventListener('ended', this.end);
    this.video?.removeEventListener('loadeddata', this.see);
    if (this.track && this.video) this.video.srcObject = null;
    this.wake?.();
  };

  private readonly see = (): void => {
    if (!this.shows) return;
    this.fresh = true;
    this.wake?.();
  };

  private readonly tick = (): void => {
    const seen = (): void => {
      this.see();
      if (!this.over) this.tick();
    };
    if (this.video && 'requestVideoFrameCallback' in this.video) this.video.requestVideoFrameCallback(seen);
    else if (typeof requestAnimationFrame === 'function') requestAnimationFrame(seen);
    else setTimeout(seen, 16);
  };
}
