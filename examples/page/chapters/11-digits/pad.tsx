/** A canvas to draw on, with mouse, finger, pen or keys. Of five places each is a square of its own, as on an envelope. */
import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

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

function paint(canvas: HTMLCanvasElement, strokes: readonly Stroke[]): void {
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.fillStyle = '#000';
  context.fillRect(0, 0, canvas.width, canvas.height);
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

/** The pixels of a place, and of which strokes they are. */
interface Cut {
  readonly strokes: readonly Stroke[];
  readonly image: ImageData | undefined;
}

/** A place on which nothing was drawn since keeps its pixels, the same object. */
function cut(canvas: HTMLCanvasElement, all: readonly Stroke[], place: number, before: Cut | undefined): Cut {
  const [from, to] = [place * SIDE - PEN / 2, (place + 1) * SIDE + PEN / 2];
  const strokes = all.filter((stroke) => stroke.some(([x]) => x >= from && x <= to));
  if (before && strokes.length === before.strokes.length && strokes.every((stroke, i) => stroke === before.strokes[i])) return before;
  const image = canvas.getContext('2d', { willReadFrequently: true })!.getImageData(place * SIDE, 0, SIDE, SIDE);
  return { strokes, image: image.data.some((byte, i) => i % 4 === 0 && byte > 127) ? image : undefined };
}

export function Pad({ label, places, strokes, onDraw }: PadProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const cuts = useRef<readonly Cut[]>([]);
  const drawing = useRef(false);
  const pen = useSignal<{ readonly at: Point; readonly down: boolean; readonly shown: boolean }>({ at: [SIDE / 2, SIDE / 4], down: false, shown: false });
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (!canvas.current) return;
      paint(canvas.current, strokes.value);
      const all = strokes.value;
      cuts.current = Array.from({ length: places }, (_, place) => cut(canvas.current!, all, place, cuts.current[place]));
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
