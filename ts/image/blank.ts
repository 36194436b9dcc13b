import { ImageError } from '../base/errors.js';
import { wrong } from '../base/wrong.js';
import { placeOf } from '../bytes/response.js';

/** What elements say of themselves, each some of it. */
interface Sides {
  readonly width?: number;
  readonly height?: number;
  readonly complete?: boolean;
  readonly naturalWidth?: number;
  readonly src?: string;
  readonly currentSrc?: string;
  readonly videoWidth?: number;
  readonly error?: MediaError | null;
}

/** Why an element shows nothing and what helps, where it tells: a browser's own error says neither. */
function blankness(element: object): readonly [got: string, hint: string] | undefined {
  const { width, height, complete, naturalWidth, src, currentSrc, videoWidth, error } = element as Sides;
  const address = placeOf(currentSrc || src || '');
  if (complete !== undefined) {
    if (!complete || naturalWidth) return undefined;
    return address === '' ? ['none: it has no src', 'set its src'] : [`none: ${address} gave no image`, 'check the address in its src, and that the file is an image'];
  }
  if (videoWidth !== undefined) {
    if (error) return [`none: ${address} cannot be played (${error.message || `code ${error.code}`})`, 'check the address and the format'];
    return videoWidth > 0 ? undefined : ['none yet', 'wait for its event loadeddata'];
  }
  return width === 0 || height === 0 ? [`${width} x ${height}`, 'set its width and height; a bitmap or frame that was closed has none either'] : undefined;
}

/** @param element - of a page, or what a canvas or video gives. @throws ImageError for one that is known to have no pixels */
export function expectShown(element: object): void {
  const [got, hint] = blankness(element) ?? [];
  if (got !== undefined) wrong(element.constructor.name, 'pixels', got, { as: ImageError, hint });
}
