/** A switch for every skip of the second network, and one for all. */
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { say } from '../../app/words.js';
import { Button } from '../../ui/controls.js';
import { text } from './text.js';

interface SkipsProps {
  /** How many skips there can be. */
  readonly blocks: number;
  /** Those that are taken out, from 1, in order. */
  readonly cut: Signal<readonly number[]>;
}

export function Skips({ blocks, cut }: SkipsProps): JSX.Element {
  const words = say(text);
  const all = Array.from({ length: blocks }, (_, i) => i + 1);
  const flip = (block: number): void => {
    cut.value = cut.value.includes(block) ? cut.value.filter((one) => one !== block) : [...cut.value, block].sort((a, b) => a - b);
  };
  return (
    <fieldset class="skipped">
      <legend>{words.switches}</legend>
      <Button onClick={() => (cut.value = [])} disabled={!all.some((block) => cut.value.includes(block))}>{words.allOn}</Button>
      <Button onClick={() => (cut.value = all)} disabled={all.every((block) => cut.value.includes(block))}>{words.allOff}</Button>
      <div class="blocks">
        {all.map((block) => (
          <button key={block} type="button" aria-pressed={!cut.value.includes(block)} aria-label={words.skipOf(block, 2 * block - 1, 2 * block)} onClick={() => flip(block)}>{block}</button>
        ))}
      </div>
    </fieldset>
  );
}
