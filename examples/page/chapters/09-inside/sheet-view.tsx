import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Sheet } from './inside.worker.js';

/** Maps on a canvas. */
export function SheetView({ sheet, label }: { readonly sheet: Sheet; readonly label: string }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => canvas.current?.getContext('2d')?.putImageData(new ImageData(sheet.data, sheet.width, sheet.height), 0, 0), [sheet]);
  return <canvas ref={canvas} class="picture hard" width={sheet.width} height={sheet.height} role="img" aria-label={label} />;
}
