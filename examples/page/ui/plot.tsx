/** Curves over an axis, by uPlot, with the last numbers as a text. A chapter that imports this fetches the library. */
import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { theme } from '../app/theme.js';
import { showNumber } from '../app/words.js';
import { ErrorNote } from './error-note.js';

export interface Curve {
  readonly label: string;
  readonly values: readonly (number | null)[];
  /** Default: the next of the page's colours. */
  readonly colour?: string;
  readonly dashed?: boolean;
}

interface PlotProps {
  readonly label: string;
  readonly x: readonly number[];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly curves: readonly Curve[];
  readonly logX?: boolean;
  readonly logY?: boolean;
  readonly range?: readonly [number, number];
  readonly height?: number;
}

const library = signal<typeof uPlot | undefined>(undefined);
const failure = signal<unknown>(undefined);

/** The library is read in a task of its own: with a chapter's scripts it would hold up the page. */
async function fetchLibrary(): Promise<void> {
  failure.value = undefined;
  try {
    library.value = (await import('uplot')).default;
  } catch (error) {
    failure.value = error;
  }
}
void fetchLibrary();

const HEIGHT = 220;
const COLOURS = ['--accent', '--minus', '--third', '--muted'];
const property = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** On axes of powers uPlot leaves out those between. */
const tick = (value: number | null): string => (value === null ? '' : showNumber(value, 9));

function optionsOf({ curves, xLabel, yLabel, logX, logY, range, height = HEIGHT }: PlotProps, width: number): uPlot.Options {
  const axis = (label: string): uPlot.Axis => ({ label, stroke: property('--ink'), grid: { stroke: property('--line') }, ticks: { stroke: property('--line') }, labelSize: 20, font: '12px system-ui', labelFont: '12px system-ui', values: (_, ticks) => ticks.map(tick) });
  return {
    width, height, legend: { show: curves.length > 1, live: false }, cursor: { show: false },
    scales: { x: { time: false, distr: logX ? 3 : 1 }, y: { distr: logY ? 3 : 1, ...(range && { range: [range[0], range[1]] }) } },
    axes: [axis(xLabel), { ...axis(yLabel), size: 56 }],
    series: [{}, ...curves.map(({ label, colour, dashed }, i) => ({ label, stroke: colour ?? property(COLOURS[i % COLOURS.length]!), width: 2, ...(dashed && { dash: [6, 4] }), spanGaps: true }))],
  };
}

export function Plot(props: PlotProps): JSX.Element {
  const { label, x, curves, height = HEIGHT } = props;
  const Library = library.value;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const form = JSON.stringify([theme(), props.xLabel, props.yLabel, props.logX, props.logY, props.height, props.range, curves.map((curve) => [curve.label, curve.colour, curve.dashed])]);
  useEffect(() => {
    const parent = box.current!;
    if (!Library) return;
    const made = new Library(optionsOf(props, parent.clientWidth), [[], ...curves.map(() => [])], parent);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: parent.clientWidth, height: height }));
    observer.observe(parent);
    return () => {
      observer.disconnect();
      made.destroy();
    };
  }, [form, Library]);
  useEffect(() => plot.current?.setData([x as number[], ...curves.map(({ values }) => values as (number | null)[])]), [x, curves, form, Library]);
  const last = curves.map((curve) => `${curve.label}: ${showNumber(curve.values.findLast((value) => value !== null) ?? Number.NaN, 4)}`).join(', ');
  return (
    <figure class="plot">
      <figcaption>{label}</figcaption>
      {failure.value !== undefined && <ErrorNote error={failure.value} again={() => void fetchLibrary()} />}
      <div ref={box} style={{ minHeight: `${height}px` }} role="img" aria-label={`${label}. ${last}`} />
    </figure>
  );
}
