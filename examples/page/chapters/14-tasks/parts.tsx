/** The four answers, each with its network's output, loss and label. */
import type { ComponentChildren, JSX } from 'preact';
import { useAddressed } from '../../app/address.js';
import { oneOf } from '../../app/codecs.js';
import { say, showNumber } from '../../app/words.js';
import type { WorkState } from '../../engine/use-work.js';
import { Choice } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Picture } from '../../ui/picture.js';
import { colourOf } from './palette.js';
import type { Named, Region, SceneShown, Segmented, TwoStages, Yolo } from './tasks.worker.js';
import { text } from './text.js';

interface PartProps {
  readonly title: string;
  readonly net: string;
  readonly how: { readonly loss: string; readonly label: string };
  /** Shape of the output. */
  readonly shape: string | undefined;
  readonly state: WorkState<unknown>;
  readonly children: ComponentChildren;
}

/** One question with its answer. */
export function Part({ title, net, how, shape, state, children }: PartProps): JSX.Element {
  const words = say(text);
  return (
    <div class="part">
      <h2>{title}: {net}</h2>
      <dl class="facts">
        <div><dt>{words.output}</dt><dd class="shape">{shape}</dd></div>
        <div><dt>{words.loss}</dt><dd>{how.loss}</dd></div>
        <div><dt>{words.label}</dt><dd>{how.label}</dd></div>
      </dl>
      {state.error !== undefined && <ErrorNote error={state.error} />}
      {children}
    </div>
  );
}

export function Classes({ named }: { readonly named: readonly Named[] }): JSX.Element {
  const words = say(text);
  return (
    <ol class="cuts">
      {named.map(({ box, pixels, index, probability }, i) => (
        <li key={i} data-truth={box.index} data-index={index}><Picture pixels={pixels} label={words.cut(box.index)} hard /><span>{words.says(index, showNumber(100 * probability, 1))}</span></li>
      ))}
    </ol>
  );
}

/** The scene with something drawn over it. */
function Over({ scene: { pixels }, label, children }: { readonly scene: SceneShown; readonly label: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class="over">
      <Picture pixels={pixels} label={label} hard />
      <svg viewBox={`0 0 ${pixels.width} ${pixels.height}`} aria-hidden="true">{children}</svg>
    </div>
  );
}

const listOf = (boxes: Yolo['boxes'] | TwoStages['boxes']): string => boxes.map(({ index, score }) => `${index} (${showNumber(score)})`).join(', ');

const digitBoxes = (boxes: Yolo['boxes'] | TwoStages['boxes']): JSX.Element[] => boxes.map(({ left, top, width, height, index }, i) => (
  <g key={i}><rect x={left} y={top} width={width} height={height} /><text x={left + 1} y={Math.max(8, top - 1)}>{index}</text></g>
));

/** Boxes on the grid, the cells that answer for them filled. */
export function Found({ found: { boxes, cells }, scene }: { readonly found: Yolo; readonly scene: SceneShown }): JSX.Element {
  const words = say(text);
  const { width, height } = scene.pixels;
  const [across, down] = [width / cells, height / cells];
  const lines = Array.from({ length: cells - 1 }, (_, i) => i + 1);
  const answering = words.cells(boxes.map(({ index, cell }) => words.cell(index, Math.floor(cell / cells) + 1, (cell % cells) + 1)).join('; '));
  return (
    <figure data-boxes={boxes.map(({ index }) => index).join()} data-cells={boxes.map(({ cell }) => cell).join()}>
      <Over scene={scene} label={words.found(boxes.length, listOf(boxes))}>
        {boxes.map(({ cell }, i) => <rect key={i} class="cell" x={(cell % cells) * across} y={Math.floor(cell / cells) * down} width={across} height={down} />)}
        <path class="grid-lines" d={lines.map((line) => `M${line * across} 0V${height}M0 ${line * down}H${width}`).join('')} />
        {digitBoxes(boxes)}
      </Over>
      <figcaption>{words.count(boxes.length, scene.truth.length)}. {boxes.length > 0 && answering}</figcaption>
    </figure>
  );
}

const regionBoxes = (regions: readonly Region[]): JSX.Element[] => regions.map(({ left, top, width, height }, i) => <rect key={i} class="region" x={left} y={top} width={width} height={height} />);

/** What the first stage proposes, or what the second makes of it. */
export function Stages({ stages: { proposals, boxes }, scene }: { readonly stages: TwoStages; readonly scene: SceneShown }): JSX.Element {
  const words = say(text);
  const stage = useAddressed('stage', oneOf('proposals', 'objects'), 'proposals');
  const first = stage.value === 'proposals';
  const told = first ? words.proposed(proposals.length) : words.count(boxes.length, scene.truth.length);
  return (
    <>
      <Choice label={words.stage} value={stage} options={[['proposals', words.proposals], ['objects', words.objects]]} />
      <figure data-proposals={proposals.length} data-objects={boxes.map(({ index }) => index).join()}>
        <Over scene={scene} label={first ? told : words.found(boxes.length, listOf(boxes))}>{first ? regionBoxes(proposals) : digitBoxes(boxes)}</Over>
        <figcaption>{told}</figcaption>
      </figure>
    </>
  );
}

export function Parts({ parts: { pixels, classes } }: { readonly parts: Segmented }): JSX.Element {
  const words = say(text);
  const told = classes.map(({ index, label, share }) => ({ index, text: `${index === 0 ? words.background : label ?? index} ${showNumber(100 * share, 1)} %` }));
  return (
    <figure data-shares={classes.map(({ label, share }) => `${label ?? ''}:${share}`).join()}>
      <Picture pixels={pixels} label={words.shares(told.map((one) => one.text).join(', '))} hard />
      <figcaption><ul class="legend">{told.map((one) => <li key={one.index}>{one.index > 0 && <span class="swatch" style={`background: ${colourOf(one.index)}`} />}{one.text}</li>)}</ul></figcaption>
    </figure>
  );
}
