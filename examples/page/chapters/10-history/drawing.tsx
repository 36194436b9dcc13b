import type { JSX } from 'preact';
import { say } from '../../app/words.js';
import type { Block } from './history.worker.js';
import { text } from './text.js';

/** The same for all networks: pixels of the drawing for a pixel of a map, and for the square root of a channel. */
const [TALL, WIDE, GAP, LEAST] = [1, 0.45, 5, 3];

/** Layers from left to right. One pixel would not be seen: a layer of features has the least height. */
export function Drawing({ title, blocks }: { readonly title: string; readonly blocks: readonly Block[] }): JSX.Element {
  const words = say(text);
  let right = 0;
  const bars = blocks.map((block) => {
    const [width, height, left] = [Math.sqrt(block.channels) * WIDE * 2, Math.max(LEAST, block.side * TALL), right];
    right += width + GAP;
    return { ...block, width, height, left };
  });
  return (
    <svg class="drawing" viewBox="0 0 640 232" role="img" aria-label={words.picture(title, blocks.length, blocks[0]?.side ?? 0, blocks.at(-1)?.channels ?? 0)}>
      {bars.map(({ name, kind, left, width, height }) => <rect key={name} class={kind} x={left} y={116 - height / 2} width={width} height={height} />)}
    </svg>
  );
}
