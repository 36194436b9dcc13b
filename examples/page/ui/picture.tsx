/** Pixels on a canvas, at the pixels of the device, with a text for those who do not see it. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Rows of pixels, 1 (grey), 3 or 4 bytes each. */
export interface Pixels {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
}

interface PictureProps {
  readonly pixels: Pixels;
  /** What there is to see, with numbers where they matter. */
  readonly label: string;
  /** Squares rather than a soft picture where it is enlarged. */
  readonly hard?: boolean;
  /** Called with the pixel that is clicked. */
  readonly onPick?: ((x: number, y: number) => void) | undefined;
}

function toImageData({ data, width, height, channels }: Pixels): ImageData {
  if (channels === 4 && data instanceof Uint8ClampedArray) return new ImageData(data as Uint8ClampedArray<ArrayBuffer>, width, height);
  const image = new ImageData(width, height);
  for (let at = 0; at < width * height; at++) {
    for (let c = 0; c < 3; c++) image.data[4 * at + c] = data[channels * at + (channels === 1 ? 0 : c)] ?? 0;
    image.data[4 * at + 3] = channels === 4 ? (data[4 * at + 3] ?? 255) : 255;
  }
  return image;
}

export function Picture({ pixels, label, hard = false, onPick }: PictureProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current && pixels.width > 0 && pixels.height > 0) canvas.current.getContext('2d')?.putImageData(toImageData(pixels), 0, 0);
  }, [pixels]);
  const pick = (event: MouseEvent): void => {
    const { left, top, width, height } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    onPick?.(Math.floor(((event.clientX - left) / width) * pixels.width), Math.floor(((event.clientY - top) / height) * pixels.height));
  };
  return <canvas ref={canvas} class={hard ? 'picture hard' : 'picture'} width={pixels.width} height={pixels.height} role="img" aria-label={label} onClick={onPick && pick} />;
}
