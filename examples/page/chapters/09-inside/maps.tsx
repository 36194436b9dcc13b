import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { say } from '../../app/words.js';
import { useWork } from '../../engine/use-work.js';
import { ErrorNote } from '../../ui/error-note.js';
import { SheetView } from '../../ui/sheet-view.js';
import type { Sheet } from '../../ui/sheet-view.js';
import { useGrowing } from '../../ui/use-growing.js';
import { Field } from './field.js';
import { NetworkGraph } from './graph.js';
import type { Network } from './network.js';
import { text } from './text.js';

interface MapsProps {
  readonly net: Network;
  readonly photo: Blob;
  /** The photo as the network sees it. */
  readonly view: Sheet | undefined;
  /** The layer whose maps are all shown. */
  readonly layer: Signal<string>;
}

/** A contact sheet: a strip of the first maps for each layer, and all maps of the layer that is chosen. */
export function Maps({ net, photo, view, layer }: MapsProps): JSX.Element {
  const words = say(text);
  const found = useWork(() => net.look(photo), [net, photo]).value;
  const layers = found.value ?? [];
  const shown = useGrowing(layers.length, 6);
  const now = layers.find(({ name }) => name === layer.value) ?? layers[0];
  const all = useWork(async () => now && { of: now, sheet: await net.all(now.name) }, [found.value, now]).value;
  return (
    <div class="maps">
      <NetworkGraph layers={net.graph} mapped={new Set(layers.map(({ name }) => name))} layer={layer} />
      <h2>{words.maps}</h2>
      {!net.hasGraph && <p class="note">{words.mapsNone}</p>}
      {found.error !== undefined && <ErrorNote error={found.error} />}
      <ol class="strips" aria-label={words.maps}>
        {layers.slice(0, shown).map(({ name, type, shape, sheet }) => (
          <li key={name}>
            <button type="button" aria-pressed={name === now?.name} onClick={() => (layer.value = name)}>
              <span class="name" lang="en">{name}</span>
              <span class="value">{shape.slice(1).join('×')}</span>
              <SheetView sheet={sheet} label={words.strip(name, type, shape.slice(1).join('×'))} />
            </button>
          </li>
        ))}
      </ol>
      {all.value?.sheet && (
        <figure class="all" data-layer={all.value.of.name}>
          <figcaption>{words.all(all.value.of.name, all.value.of.shape[1] ?? 0)}{all.value.of.field && <><br /><span class="note">{words.field(all.value.of.field[0], all.value.of.field[1], all.value.of.jump?.[0] ?? 1)}</span></>}</figcaption>
          <SheetView sheet={all.value.sheet} label={words.all(all.value.of.name, all.value.of.shape[1] ?? 0)} />
        </figure>
      )}
      {view && now && <Field net={net} view={view} layer={now} />}
    </div>
  );
}
