/** What each layer of the network answers to a drawing, while it is drawn. */
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { say, showNumber } from '../../app/words.js';
import type { LayerSheet } from './layers.js';
import { text } from './text.js';

function Sheet({ sheet, label }: { readonly sheet: LayerSheet; readonly label: string }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => canvas.current?.getContext('2d')?.putImageData(new ImageData(sheet.data, sheet.width, sheet.height), 0, 0), [sheet]);
  return <canvas ref={canvas} class="picture hard" width={sheet.width} height={sheet.height} role="img" aria-label={label} />;
}

export function Layers({ sheets }: { readonly sheets: readonly LayerSheet[] }): JSX.Element {
  const words = say(text);
  return (
    <figure class="layers">
      <figcaption>{words.layers}</figcaption>
      <ol>
        {sheets.map((sheet) => {
          const size = sheet.shape.join('×');
          return (
            <li key={sheet.name} data-layer={sheet.name} class={sheet.shape.length === 3 ? 'maps' : 'features'}>
              <span class="name"><span lang="en">{sheet.name}</span> <span class="note">{size}</span></span>
              <Sheet sheet={sheet} label={words.layerAt(sheet.name, sheet.type, size, showNumber(sheet.most))} />
            </li>
          );
        })}
      </ol>
    </figure>
  );
}
