/** A canvas to draw on, with mouse, finger, pen or keys. Of five places each is a square of its own, as on an envelope. */
import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import './pad.css';

export type Point = readonly [x: number, y: number];
export type Stroke = readonly Point[];

/** Side of a place in the numbers of strokes. */
export const SIDE = 280;
const PEN = 22;
/** Of a press of an arrow key. */
const KEY_STEP = 10;

/** Points that are nearer to each other make the drawing no better. */
const APART = 4;

function apart(last: Point | undefined, points: readonly Point[]): readonly Point[] {
  const kept: Point[] = [];
  for (const point of points) {
    const before = kept.at(-1) ?? last;
    if (!before || Math.hypot(point[0] - before[0], point[1] - before[1]) >= APART) kept.push(point);
  }
  return kept;
}

interface PadProps {
  readonly label: string;
  readonly places: number;
  readonly strokes: Signal<readonly Stroke[]>;
  /** Called with the pixels of each place after they were drawn; undefined where there is no ink. */
  readonly onDraw: (places: readonly (ImageData | undefined)[]) => void;
}

/** White on black, the canvas's left edge at `from`. */
function paint(context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D, strokes: readonly Stroke[], from = 0): void {
  const { width, height } = context.canvas;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = '#000';
  context.fillRect(0, 0, width, height);
  context.translate(-from, 0);
  Object.assign(context, { strokeStyle: '#fff', lineWidth: PEN, lineCap: 'round', lineJoin: 'round' });
  for (const [start, ...rest] of strokes) {
    if (!start) continue;
    context.beginPath();
    context.moveTo(...start);
    context.lineTo(...start); // a dot
    for (const point of rest) context.lineTo(...point);
    context.stroke();
  }
}

/** The place that most of a stroke is in: what reaches over a line belongs to its digit. */
function placeOf(stroke: Stroke, places: number): number {
  const middle = stroke.map(([x]) => x).sort((a, b) => a - b)[stroke.length >> 1] ?? 0;
  return Math.min(places - 1, Math.max(0, Math.floor(middle / SIDE)));
}

/** The pixels of a place, and of which strokes they are. */
interface Cut {
  readonly strokes: readonly Stroke[];
  readonly image: ImageData | undefined;
}

/** A place on which nothing was drawn since keeps its pixels, the same object. */
function cut(context: OffscreenCanvasRenderingContext2D, strokes: readonly Stroke[], place: number, before: Cut | undefined): Cut {
  if (before && strokes.length === before.strokes.length && strokes.every((stroke, i) => stroke === before.strokes[i])) return before;
  if (strokes.length === 0) return { strokes, image: undefined };
  paint(context, strokes, place * SIDE);
  return { strokes, image: context.getImageData(0, 0, SIDE, SIDE) };
}

export function Pad({ label, places, strokes, onDraw }: PadProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const cuts = useRef<readonly Cut[]>([]);
  const sheet = useRef<OffscreenCanvasRenderingContext2D | undefined>(undefined);
  const drawing = useRef(false);
  const pen = useSignal<{ readonly at: Point; readonly down: boolean; readonly shown: boolean }>({ at: [SIDE / 2, SIDE / 4], down: false, shown: false });
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (!canvas.current) return;
      paint(canvas.current.getContext('2d')!, strokes.value);
      sheet.current ??= new OffscreenCanvas(SIDE, SIDE).getContext('2d', { willReadFrequently: true })!;
      const of = strokes.value.map((stroke) => placeOf(stroke, places));
      cuts.current = Array.from({ length: places }, (_, place) => cut(sheet.current!, strokes.value.filter((_stroke, i) => of[i] === place), place, cuts.current[place]));
      onDraw(cuts.current.map(({ image }) => image));
    });
    return () => cancelAnimationFrame(frame);
  }, [strokes.value, places]);
  const at = (event: PointerEvent): Point => {
    const { left, top, width, height } = canvas.current!.getBoundingClientRect();
    return [Math.round(((event.clientX - left) / width) * SIDE * places), Math.round(((event.clientY - top) / height) * SIDE)];
  };
  const begin = (point: Point): void => {
    strokes.value = [...strokes.value, [point]];
  };
  const on = (...points: readonly Point[]): void => {
    if (points.length === 0) return;
    strokes.value = [...strokes.value.slice(0, -1), [...(strokes.value.at(-1) ?? []), ...points]];
  };
  const press = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    canvas.current!.setPointerCapture(event.pointerId);
    drawing.current = true;
    begin(at(event));
  };
  const drag = (event: PointerEvent): void => {
    // A fast pen has been at more places than there are events.
    if (drawing.current) on(...apart(strokes.value.at(-1)?.at(-1), [...(event.getCoalescedEvents?.() ?? []).map(at), at(event)]));
  };
  const lift = (): void => {
    drawing.current = false;
  };
  const key = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    const { at: now, down } = pen.value;
    if (step) {
      const to: Point = [Math.min(SIDE * places, Math.max(0, now[0] + KEY_STEP * step[0]!)), Math.min(SIDE, Math.max(0, now[1] + KEY_STEP * step[1]!))];
      pen.value = { at: to, down, shown: true };
      if (down) on(to);
    } else if (event.key === ' ') {
      pen.value = { at: now, down: !down, shown: true };
      if (!down) begin(now);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      pen.value = { ...pen.value, down: false };
      strokes.value = [];
    } else return;
    event.preventDefault();
  };
  return (
    <div class={`drawing places${places}`} style={`--places: ${places}`}>
      <canvas ref={canvas} class="pad" width={SIDE * places} height={SIDE} tabIndex={0} role="application" aria-label={label} onPointerDown={press} onPointerMove={drag} onPointerUp={lift} onPointerCancel={lift}
        onKeyDown={key} onBlur={() => (pen.value = { ...pen.value, down: false, shown: false })} />
      {Array.from({ length: places - 1 }, (_, i) => <span key={i} class="line" style={`left: ${(100 * (i + 1)) / places}%`} />)}
      {pen.value.shown && <span class={pen.value.down ? 'pen down' : 'pen'} style={`left: ${(100 * pen.value.at[0]) / (SIDE * places)}%; top: ${(100 * pen.value.at[1]) / SIDE}%`} />}
    </div>
  );
}
