import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { say } from '../../app/words.js';
import { useGrowing } from '../../ui/use-growing.js';
import { layOut } from './graph-layout.js';
import type { GraphLayer, PlacedLayer } from './graph-layout.js';
import { text } from './text.js';

interface GraphProps {
  readonly layers: readonly GraphLayer[];
  /** Layers that have maps to show. */
  readonly mapped: ReadonlySet<string>;
  readonly layer: Signal<string>;
}

const [WIDTH, HEIGHT, ACROSS, DOWN, EDGE] = [190, 30, 214, 46, 8];

const leftOf = ({ lane }: PlacedLayer): number => EDGE + lane * ACROSS;
const topOf = ({ row }: PlacedLayer): number => EDGE + row * DOWN;

/** From the foot of a layer to the head of its reader; past those between, at their side. */
function lineOf(from: PlacedLayer, to: PlacedLayer): string {
  const [x, y, toX, toY] = [leftOf(from) + WIDTH / 2, topOf(from) + HEIGHT, leftOf(to) + WIDTH / 2, topOf(to)];
  if (to.row - from.row === 1 || from.lane !== to.lane) return `M${x} ${y}C${x} ${toY - 8} ${toX} ${toY - 12} ${toX} ${toY}`;
  const side = leftOf(from) + WIDTH + 12;
  return `M${x} ${y}C${side} ${y} ${side} ${y + 8} ${side} ${y + 16}V${toY - 16}C${side} ${toY - 8} ${side} ${toY} ${toX} ${toY}`;
}

/** No label is wider than its box: of a long name the end tells layers apart. */
const short = (name: string): string => (name.length > 24 ? `…${name.slice(-23)}` : name);

/** The layers as a graph; the one whose maps are shown is chosen by a click, or by the arrow keys. */
export function NetworkGraph({ layers, mapped, layer }: GraphProps): JSX.Element {
  const words = say(text);
  const placed = useMemo(() => layOut(layers), [layers]);
  const shown = useGrowing(placed.length, 16);
  const group = useRef<SVGSVGElement>(null);
  const [rows, lanes] = [Math.max(...placed.map(({ row }) => row)) + 1, Math.max(...placed.map(({ lane }) => lane)) + 1];
  const open = placed.filter(({ name }) => mapped.has(name));
  const now = open.find(({ name }) => name === layer.value) ?? open[0];
  const move = (event: KeyboardEvent): void => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const next = by && now && open[open.indexOf(now) + by];
    if (!next) return;
    event.preventDefault();
    layer.value = next.name;
    group.current?.querySelector<SVGGElement>(`[data-at="${placed.indexOf(next)}"]`)?.focus();
  };
  if (placed.length === 0) return <></>;
  const [width, height] = [2 * EDGE + (lanes - 1) * ACROSS + WIDTH + 16, 2 * EDGE + (rows - 1) * DOWN + HEIGHT];
  return (
    <div class="network">
      <h2>{words.graph}</h2>
      <p class="note">{words.graphHelp}</p>
      <div class="scroll" tabIndex={0} role="region" aria-label={words.graph}>
        <svg ref={group} role="radiogroup" aria-label={words.graphOf(layers.length, lanes)} width={width} height={height} viewBox={`0 0 ${width} ${height}`} onKeyDown={move}>
          <g aria-hidden="true">{placed.slice(0, shown).flatMap((to, at) => to.reads.map((read) => <path key={`${at} ${read}`} d={lineOf(placed[read]!, to)} />))}</g>
          {placed.slice(0, shown).map((one, at) => <Layer key={at} of={one} at={at} open={mapped.has(one.name)} chosen={one === now} choose={() => (layer.value = one.name)} />)}
        </svg>
      </div>
    </div>
  );
}

interface LayerProps {
  readonly of: PlacedLayer;
  readonly at: number;
  readonly open: boolean;
  readonly chosen: boolean;
  readonly choose: () => void;
}

function Layer({ of, at, open, chosen, choose }: LayerProps): JSX.Element {
  const words = say(text);
  const size = of.shape.slice(1).join('×');
  return (
    <g
      role="radio" class={open ? 'open' : ''} data-at={at} data-row={of.row} data-lane={of.lane} aria-checked={chosen} aria-disabled={!open} tabindex={chosen ? 0 : -1}
      aria-label={words.layerReads(of.name, of.type, size, of.inputs.join(', '))} transform={`translate(${leftOf(of)} ${topOf(of)})`} onClick={open ? choose : undefined}
    >
      <rect width={WIDTH} height={HEIGHT} rx="6" />
      <text x="8" y="13" aria-hidden="true">{short(of.name)}</text>
      <text x="8" y="25" class="kind" aria-hidden="true">{`${of.type} ${size}`}</text>
    </g>
  );
}
