/** What training says while it goes on, and in the end. */
import type { DataEvaluation, FitEpoch, FitStep } from '../../entries/train-inline.js';
import { count, table } from '../output.js';

/** A terminal. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The line is not drawn more often: the eye sees no more, and training has the thread. */
const EVERY_MS = 100;

/** A line on a terminal that is drawn over itself; on what is no terminal nothing is drawn. */
export class ProgressLine {
  private last = -Infinity;
  private drawn = false;

  constructor(
    private readonly terminal: Terminal,
    private readonly now = (): number => performance.now(),
  ) {}

  draw(step: FitStep): void {
    this.drawText(() => progressLine(step));
  }

  /** @param text - asked for only where it is drawn */
  drawText(text: () => string): void {
    if (!this.terminal.isTTY || this.now() - this.last < EVERY_MS) return;
    this.last = this.now();
    this.drawn = true;
    const { columns = 80 } = this.terminal;
    this.terminal.write(`\r\x1b[K${text().slice(0, columns - 1)}`);
  }

  /** Makes room for other lines. */
  clear(): void {
    if (this.drawn) this.terminal.write('\r\x1b[K');
    this.drawn = false;
    this.last = -Infinity;
  }
}

const WIDTH = 10;

function progressLine({ epoch, epochs, batch, batches = batch, loss, accuracy, imagesPerSecond, secondsLeft }: FitStep): string {
  const done = Math.round((WIDTH * batch) / batches);
  const bar = '#'.repeat(done).padEnd(WIDTH, '.');
  const left = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`;
  return `epoch ${epoch}/${epochs} [${bar}] ${batch}/${batches}  loss ${loss.toFixed(4)}, ${percent(accuracy)}${left}, ${count(imagesPerSecond)} images/s`;
}

/** `1:02:03`, `2:03` */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, '0'));
  return parts.join(':').replace(/^00:/, '').replace(/^0(?=\d)/, '');
}

export function percent(part: number | undefined): string {
  return part === undefined ? '-' : `${(100 * part).toFixed(1)} %`;
}

export function epochLine({ epoch, epochs, loss, accuracy, seconds, imagesPerSecond, validation }: FitEpoch): string {
  const judged = validation ? `, validation loss ${validation.loss.toFixed(4)}, accuracy ${percent(validation.accuracy)}` : '';
  return `epoch ${epoch}/${epochs}: loss ${loss.toFixed(4)}, accuracy ${percent(accuracy)}${judged}, ${count(imagesPerSecond)} images/s, ${duration(seconds)}`;
}

/** Numbers of an evaluation as JSON has them, confusion row by row. */
export function evaluationJson({ loss, accuracy, examples, confusion }: DataEvaluation) {
  const rows = confusion && rowsOf(confusion);
  return { loss, accuracy, examples, confusion: rows };
}

function rowsOf({ counts, size }: NonNullable<DataEvaluation['confusion']>): number[][] {
  return Array.from({ length: size }, (_, truth) => Array.from(counts.subarray(truth * size, (truth + 1) * size)));
}

/** More classes make a table that no terminal shows. */
const MAX_CLASSES = 20;

/** Which class was taken for which: a row is what it was, a column what the network said. */
export function confusionTable({ confusion }: Pick<DataEvaluation, 'confusion'>, classes: readonly string[]): string {
  if (!confusion) return '';
  const rows = rowsOf(confusion);
  if (confusion.size > MAX_CLASSES) return mistakes(rows, classes);
  const share = (row: readonly number[], truth: number): string => {
    const all = row.reduce((sum, value) => sum + value, 0);
    return all === 0 ? '' : percent(row[truth]! / all);
  };
  const body = rows.map((row, truth) => [classes[truth]!, ...row.map(String), share(row, truth)]);
  return table([['is \\ said', ...classes.map((name) => name.slice(0, 10)), 'right'], ...body]);
}

/** Pairs that are told, of many classes. */
const MAX_PAIRS = 10;

function mistakes(rows: readonly (readonly number[])[], classes: readonly string[]): string {
  const pairs = rows.flatMap((row, truth) => row.map((times, said) => ({ truth, said, times })));
  const worst = pairs.filter(({ truth, said, times }) => truth !== said && times > 0).sort((a, b) => b.times - a.times).slice(0, MAX_PAIRS);
  return table([['is', 'said', 'times'], ...worst.map(({ truth, said, times }) => [classes[truth]!, classes[said]!, String(times)])]);
}
