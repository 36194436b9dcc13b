/** A picture that is zoomed into: by buttons, keys, the wheel, a tap and two fingers. */
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { say } from '../../app/words.js';
import { Button } from '../../ui/controls.js';
import { Picture } from '../../ui/picture.js';
import type { Pixels } from '../../ui/picture.js';
import { text } from './text.js';
import { DEEPEST } from './view.js';
import type { View } from './view.js';

interface ZoomProps {
  readonly pixels: Pixels;
  readonly label: string;
  readonly view: View;
  readonly depth: Signal<number>;
  /** The pixel in the middle of the window. */
  readonly centre: Signal<readonly number[]>;
  /** Least depth: where all of the picture is on show. */
  readonly least: number;
}

/** Fingers that move apart by this factor zoom by a step. */
const PINCH = 1.5;
const MOVES: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function Zoom({ pixels, label, view, depth, centre, least }: ZoomProps): JSX.Element {
  const words = say(text);
  const place = useRef<HTMLDivElement>(null);
  const go = (by: number): boolean => {
    const next = Math.max(least, Math.min(DEEPEST, depth.value + by));
    const moved = next !== depth.value;
    depth.value = next;
    return moved;
  };
  const latest = useRef(go);
  latest.current = go;
  useEffect(() => listen(place.current!, (by) => latest.current(by)), []);
  const press = (event: KeyboardEvent): void => {
    const by = { '+': 1, '=': 1, '-': -1 }[event.key];
    const move = MOVES[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || (by === undefined && !move)) return;
    event.preventDefault();
    if (by !== undefined) go(by);
    if (move) centre.value = [view.left + view.width / 2 + move[0] * Math.ceil(view.width / 4), view.top + view.height / 2 + move[1] * Math.ceil(view.height / 4)].map((at) => Math.max(0, Math.round(at)));
  };
  const pick = (x: number, y: number): void => {
    centre.value = [view.left + x, view.top + y];
    go(1);
  };
  return (
    <div class="zoom">
      <div ref={place} class="zoom-place" role="group" tabIndex={0} aria-label={words.zoomKeys} onKeyDown={press}>
        <Picture hard pixels={pixels} label={label} onPick={pick} />
      </div>
      <div class="row">
        <Button disabled={depth.value <= least} onClick={() => go(-1)}>{words.out}</Button>
        <Button disabled={depth.value >= DEEPEST} onClick={() => go(1)}>{words.in}</Button>
      </div>
    </div>
  );
}

/** The wheel scrolls the page where there is no further step; two fingers never scroll. */
function listen(place: HTMLElement, go: (by: number) => boolean): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const fingers = new Map<number, readonly [number, number]>();
  let apart = 0;
  const distance = (): number => {
    const [a, b] = [...fingers.values()];
    return a && b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 0;
  };
  place.addEventListener('wheel', (event) => {
    if (event.deltaY !== 0 && go(event.deltaY < 0 ? 1 : -1)) event.preventDefault();
  }, { passive: false, signal });
  const hold = (event: PointerEvent): void => {
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    apart = distance();
  };
  const drop = ({ pointerId }: PointerEvent): void => void fingers.delete(pointerId);
  place.addEventListener('pointerdown', hold, { signal });
  place.addEventListener('pointermove', (event) => {
    if (!fingers.has(event.pointerId)) return;
    fingers.set(event.pointerId, [event.clientX, event.clientY]);
    const now = distance();
    if (apart === 0 || (now < apart * PINCH && now > apart / PINCH)) return;
    go(now > apart ? 1 : -1);
    apart = now;
  }, { signal });
  for (const name of ['pointerup', 'pointercancel', 'pointerleave'] as const) place.addEventListener(name, drop, { signal });
  return () => stop.abort();
}
