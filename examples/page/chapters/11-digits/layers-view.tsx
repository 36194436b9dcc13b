/** What each layer of the network answers to a drawing, while it is drawn. */
import type { JSX } from 'preact';
import { say, showNumber } from '../../app/words.js';
import { SheetView } from '../../ui/sheet-view.js';
import type { LayerSheet } from './layers.js';
import { text } from './text.js';

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
              <SheetView sheet={sheet} label={words.layerAt(sheet.name, sheet.type, size, showNumber(sheet.most))} />
            </li>
          );
        })}
      </ol>
    </figure>
  );
}
