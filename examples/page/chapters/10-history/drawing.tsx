import type { JSX } from 'preact';
import { say } from '../../app/words.js';
import type { Block } from './history.worker.js';
import type { NetName } from './names.js';
import { text } from './text.js';

/** The same for all networks: pixels of the drawing for a pixel of a map, and for the square root of a channel. */
const [TALL, WIDE, GAP, LEAST] = [1, 0.9, 5, 3];
/** Of every drawing, so that all have one scale. */
const WIDTH = 640;

interface DrawingProps {
  readonly net: NetName;
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly chosen: boolean;
}

/** Layers from left to right. One pixel would not be seen: a layer of features has the least height. */
export function Drawing({ net, title, blocks, chosen }: DrawingProps): JSX.Element {
  const words = say(text);
  let right = 0;
  const bars = blocks.map((block) => {
    const [width, height, left] = [Math.sqrt(block.channels) * WIDE, Math.max(LEAST, block.side * TALL), right];
    right += width + GAP;
    return { ...block, width, height, left };
  });
  const tallest = Math.max(...bars.map(({ height }) => height));
  return (
    <figure class={chosen ? 'net now' : 'net'} data-drawing={net}>
      <figcaption>{title}</figcaption>
      <svg class="drawing" viewBox={`0 0 ${WIDTH} ${tallest}`} role="img" aria-label={words.picture(title, blocks.length, blocks[0]?.side ?? 0, blocks.at(-1)?.channels ?? 0)}>
        {bars.map(({ name, kind, left, width, height }) => <rect key={name} class={kind} x={left} y={(tallest - height) / 2} width={width} height={height} />)}
      </svg>
    </figure>
  );
}
