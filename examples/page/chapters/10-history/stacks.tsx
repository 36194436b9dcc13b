/** Why VGG takes 3 x 3 only: what a stack of small kernels sees, and what it costs, beside one large kernel. */
import type { JSX } from 'preact';
import { useAddressed } from '../../app/address.js';
import { oneOf, whole } from '../../app/codecs.js';
import { say, showNumber } from '../../app/words.js';
import { useWork } from '../../engine/use-work.js';
import { Choice, Slider } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import type { Worked } from './history.js';
import type { Stack, StackPlan } from './history.worker.js';
import { text } from './text.js';

/** Kernels that a stack of small ones is compared with. */
const LARGE = ['5', '7'] as const;
const SMALL = 3;
const MOST_CHANNELS = 256;

interface Compared {
  readonly plan: StackPlan;
  readonly stack: Stack;
}

export function Stacks({ worked }: { readonly worked: Promise<Worked> }): JSX.Element {
  const words = say(text);
  const large = useAddressed('kernel', oneOf(...LARGE), '5');
  const channels = useAddressed('c', whole(1, MOST_CHANNELS), 64);
  const work = useWork(async () => {
    const { stack } = await worked;
    const side = Number(large.value);
    const plans = [{ kernel: SMALL, count: (side - 1) / (SMALL - 1), channels: channels.value }, { kernel: side, count: 1, channels: channels.value }];
    return Promise.all(plans.map(async (plan): Promise<Compared> => ({ plan, stack: await stack(plan) })));
  }, [worked, large.value, channels.value]).value;
  return (
    <section class="panel stacks">
      <h2>{words.stacks}</h2>
      <div class="row">
        <Choice label={words.large} value={large} options={LARGE.map((side) => [side, `${side}×${side}`] as const)} />
        <Slider label={words.channels} value={channels} min={1} max={MOST_CHANNELS} />
      </div>
      {work.error !== undefined && <ErrorNote error={work.error} />}
      <div class="compared">
        {work.value?.map(({ plan: { count, kernel }, stack: { params, macs, seen } }) => (
          <figure key={count} data-count={count}>
            <figcaption><strong>{words.stack(count, kernel)}</strong></figcaption>
            <Seen seen={seen} label={words.seen(seen.join(', '), seen[0] ?? 1)} />
            <dl>
              <div><dt>{words.sees}</dt><dd>{`${seen[0]}×${seen[0]}`}</dd></div>
              <div><dt>{words.params}</dt><dd>{showNumber(params)}</dd></div>
              <div><dt>{words.macs}</dt><dd>{showNumber(macs)}</dd></div>
            </dl>
          </figure>
        ))}
      </div>
      <p class="note">{words.counted}</p>
    </section>
  );
}

/** Of the drawing: pixels of a cell, and between two maps. */
const [CELL, BETWEEN] = [10, 34];

/** Units of the drawing in a rem: all drawings have one scale where there is room. */
const UNITS = 13;

/** The maps from the picture to the last, and on each what one number of the last is made of. */
function Seen({ seen, label }: { readonly seen: readonly number[]; readonly label: string }): JSX.Element {
  const cells = (seen[0] ?? 1) + 2;
  const side = cells * CELL;
  const squares = seen.map((size, i) => ({ size: size * CELL, left: i * (side + BETWEEN), at: ((cells - size) / 2) * CELL }));
  const width = seen.length * (side + BETWEEN) - BETWEEN;
  const lines = Array.from({ length: cells + 1 }, (_, i) => i * CELL);
  return (
    <svg viewBox={`-1 -1 ${width + 2} ${side + 2}`} style={`max-width: ${width / UNITS}rem`} role="img" aria-label={label}>
      {squares.map(({ size, left, at }, i) => {
        const next = squares[i + 1];
        return (
          <g key={left}>
            <rect class="seen" x={left + at} y={at} width={size} height={size} />
            <path class="lines" d={lines.map((line) => `M${left} ${line}h${side}M${left + line} 0v${side}`).join('')} />
            {next && <path class="ray" d={`M${left + at + size} ${at}L${next.left + next.at} ${next.at}M${left + at + size} ${at + size}L${next.left + next.at} ${next.at + next.size}`} />}
          </g>
        );
      })}
    </svg>
  );
}
