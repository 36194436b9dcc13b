/** The report on whole photos as Markdown. */
import { digits, table } from '../report.mjs';

/**
 * @param report - `{ date, where, busy, machine, versions, options, sections }`: `busy` is the load average before;
 *   a section is `{ title, text, rows, columns, targets }`, a row `{ title, engines }`
 */
export function photoMarkdown({ date, where, busy, machine, versions, options, sections }) {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version ?? '(not installed)'}`).join(', ');
  const heading = `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.os}; ${where}; ${date}\n\n${packages}\n
Whole photo to label: SqueezeNet 1.1 at 227x227, one thread. Medians (smallest..largest); requests interleaved, ${options.seconds} s a row.
Load average before: ${busy.toFixed(1)}; on a busy machine ratios say more than times.`;
  return `${[heading, ...sections.map(sectionText)].join('\n\n')}\n`;
}

function sectionText({ title, text, rows, columns, targets }) {
  return [`## ${title}`, text, ...rows.map((row) => rowText(row, columns)), targetsText(targets)].filter(Boolean).join('\n\n');
}

function targetsText(targets) {
  if (targets.length === 0) return undefined;
  const lines = targets.map(({ what, got, unit, wanted, met }) => [what, `${digits(got)}${unit}`, wanted, met ? 'met' : 'not met']);
  return `### Targets\n\n${table(['', 'measured', 'target', ''], lines)}`;
}

/** `columns` say which measures stand in the table, and whether ours is shown as a share of theirs. */
function rowText({ title, engines }, columns) {
  const ours = engines[0];
  const lines = engines.map((engine) => {
    if (engine.reason !== undefined) return [engine.name, `- (${engine.reason})`, ...headsOf(columns).slice(1).map(() => ''), ''];
    return [engine.name, ...columns.flatMap((column) => cells(column, engine, ours)), answerOf(engine.answer)];
  });
  return `### ${title}\n\n${table(['', ...headsOf(columns), 'answer'], lines)}`;
}

function headsOf(columns) {
  return columns.flatMap(({ head, ratio }) => (ratio ? [head, 'receptive / this'] : [head]));
}

function cells({ measure, ratio, cell = timesCell }, engine, ours) {
  const value = engine[measure];
  const shown = value === undefined ? '' : cell(value);
  if (!ratio) return [shown];
  const share = value === undefined || engine === ours || !ours[measure] ? '' : (medianOf(ours[measure]) / medianOf(value)).toFixed(2);
  return [shown, share];
}

const medianOf = (value) => value.median ?? value.peakMb ?? value;

function timesCell({ median, min, max }) {
  return `${digits(median)} (${digits(min)}..${digits(max)})`;
}

/** The class by its number, or by its name where a rival gives no more. */
function answerOf(answer) {
  if (answer === undefined) return '';
  const { index, label, probability } = answer;
  return `${index ?? label?.split(',')[0]}, ${probability.toFixed(4)}`;
}

/** Measures of the tables in Node. */
export const NODE_COLUMNS = [
  { measure: 'ms', head: 'ms', ratio: true },
  { measure: 'cpu', head: 'CPU, ms', ratio: true },
  { measure: 'memory', head: 'peak memory, MB', ratio: true, cell: ({ peakMb, loadedMb }) => `${peakMb.toFixed(0)} (loaded ${loadedMb.toFixed(0)})` },
];

/** Measures of the tables in Chromium. */
export const PAGE_COLUMNS = [
  { measure: 'ms', head: 'ms', ratio: true },
  { measure: 'gap', head: "page's thread busy at a stretch, ms" },
];

/** Measures of the camera loop. */
export const LOOP_COLUMNS = [
  { measure: 'answers', head: 'answers a second', ratio: true, cell: digits },
  { measure: 'frames', head: 'frames drawn a second', cell: digits },
  { measure: 'gap', head: "page's thread busy at a stretch, ms", cell: digits },
];
