import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** A picture that a worker drew: RGBA, as a canvas takes it without another loop over the pixels. */
export interface Sheet {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
}

/** A worker's picture on a canvas, each pixel as it is. */
export function SheetView({ sheet, label }: { readonly sheet: Sheet; readonly label: string }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => canvas.current?.getContext('2d')?.putImageData(new ImageData(sheet.data, sheet.width, sheet.height), 0, 0), [sheet]);
  return <canvas ref={canvas} class="picture hard" width={sheet.width} height={sheet.height} role="img" aria-label={label} />;
}
