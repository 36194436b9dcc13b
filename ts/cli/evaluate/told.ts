/** What an evaluation says in the end: text, and JSON. */
import type { CocoScores } from '../../entries/vision.js';
import { count, table } from '../output.js';
import { confusionTable, percent } from '../train/told.js';
import type { BoxesReport } from './boxes.js';
import type { ClassesReport } from './classes.js';
import type { MasksReport } from './masks.js';

/** What an evaluation finds. */
export type Report = BoxesReport | ClassesReport | MasksReport;

const number = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(3));

/** Lines of text. */
export function tell(report: Report): string {
  if (report.task === 'detect') return boxes(report);
  return report.task === 'segment' ? masks(report) : classes(report);
}

function boxes({ result, strangers }: BoxesReport): string {
  const row = (name: string, { ap, ap50, ap75, apSmall, apMedium, apLarge, ar: [one, ten, most] }: CocoScores): string[] =>
    [name, ...[ap, ap50, ap75, apSmall, apMedium, apLarge, one, ten, most].map(number)];
  const head = ['class', 'AP', 'AP50', 'AP75', 'small', 'medium', 'large', 'AR1', 'AR10', 'AR100'];
  // Of a class that is not there nothing can be said.
  const there = result.classes.filter(({ truths }) => truths > 0);
  const lines = [table([head, row('all', result), ...there.map((one) => row(one.label ?? String(one.index), one))]), ''];
  if (strangers > 0) lines.push(`${count(strangers)} boxes are of classes that the data does not have, and do not count`);
  const truths = there.reduce((sum, one) => sum + one.truths, 0);
  return [...lines, `mAP ${number(result.ap) || '-'}, mAP50 ${number(result.ap50) || '-'} of ${count(truths)} objects on ${count(result.images)} photos`].join('\n');
}

function masks({ images, pixelAccuracy, meanIou, meanDice, classes: each }: MasksReport): string {
  const rows = each.map(({ label, iou, dice }) => [label, number(iou), number(dice)]);
  return [
    table([['class', 'IoU', 'Dice'], ...rows]), '',
    `mean IoU ${number(meanIou) || '-'}, mean Dice ${number(meanDice) || '-'}, ${percent(pixelAccuracy)} of the pixels right, on ${count(images)} photos`,
  ].join('\n');
}

function classes({ examples, top1, top5, matrix, names }: ClassesReport): string {
  const confusion = { classes: names, counts: Uint32Array.from(matrix.counts), size: matrix.size };
  const five = names.length > 5 ? `, ${percent(top5)} among the five likeliest` : '';
  return [confusionTable({ confusion }, names), '', `${percent(top1)} of ${count(examples)} examples right${five}`].join('\n');
}

/** As `--json` prints it; numbers that nothing defines are null. */
export function reported(report: Report) {
  if (report.task === 'detect') return { task: report.task, ...report.result, strangers: report.strangers };
  if (report.task === 'segment') return report;
  const { task, examples, top1, top5, matrix: { counts, size }, names } = report;
  const cells = Array.from(counts, (times, at) => ({ is: names[Math.floor(at / size)], said: names[at % size], times }));
  return { task, examples, top1, top5, classes: names, confusion: cells.filter(({ times }) => times > 0) };
}
