/** The report as Markdown. */
import { accountOf, median } from './arithmetic.mjs';

const ORDER = ['receptive, wide', 'onnxruntime-web', 'tfjs-wasm', 'litert', 'onnxruntime-node'];

/** Three digits that count. */
export const digits = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(value >= 1 ? 2 : 3));

export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Numbers the reasons for what could not be measured. */
class Notes {
  list = [];

  cell(reason) {
    const index = this.list.indexOf(reason);
    return `- [${index < 0 ? this.list.push(reason) : index + 1}]`;
  }

  print() {
    return this.list.map((reason, i) => `[${i + 1}] ${reason}`).join('\n\n');
  }
}

/** Threads are named where they are not as many as were asked for. */
function timesCell({ times, threads }, wanted) {
  const fewer = threads === undefined || threads === wanted ? '' : `, ${threads} thread${threads === 1 ? '' : 's'}`;
  return `${digits(times.median)} (${digits(times.min)}..${digits(times.max)})${fewer}`;
}

/**
 * @param report - as in the JSON: `machine`, `options`, `results`, perhaps `load`
 * @param show.layers - whether the layers are printed
 */
export function markdown(report, { layers = false } = {}) {
  const notes = new Notes();
  const parts = [heading(report), timesTable(report.results, report.options.threads, notes), targetsTable(report.results)];
  if (notes.list.length > 0) parts.push(notes.print());
  parts.push(rooflineLine(report.results));
  if (report.results.some((result) => result.layers)) parts.push(accountTable(report.results));
  if (layers) parts.push(...report.results.filter((result) => result.layers).map(layersTable));
  if (report.load) parts.push(loadTable(report.load));
  return `${parts.join('\n\n')}\n`;
}

function heading({ machine, options, versions, date, where }) {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version ?? '(not installed)'}`).join(', ');
  const threads = options.threads === 1 ? 'one thread' : `${options.threads} threads`;
  return `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.os}; ${where}; ${threads} each; ${date}\n\n${packages}\n
Milliseconds a run, median (min..max); rounds interleaved, ${options.seconds} s a network.`;
}

function label({ net, batch }) {
  return batch === 1 ? net : `${net}, batch ${batch}`;
}

function timesTable(results, threads, notes) {
  const present = ORDER.filter((name) => results.some(({ engines }) => engines.some((engine) => engine.name === name)));
  const rows = results.flatMap((result) => {
    const cell = (name) => {
      const engine = result.engines.find((one) => one.name === name);
      if (!engine) return '';
      return engine.times ? timesCell(engine, threads) : notes.cell(`${name}: ${engine.reason}`);
    };
    const mine = result.engines.find(({ name }) => name === 'receptive');
    const differences = result.engines.flatMap(({ difference }) => (difference === undefined ? [] : [difference]));
    const worst = differences.length > 0 ? Math.max(...differences).toExponential(1) : '';
    const row = [label(result), cell('receptive'), mine?.variant ?? '', ...present.map(cell), mine?.times?.rounds ?? '', worst];
    const worker = result.engines.find(({ name }) => name === 'receptive, worker');
    if (!worker) return [row];
    const rounds = worker.times?.rounds ?? '';
    return [row, [`${label(result)}, worker`, cell(worker.name), worker.variant ?? '', ...present.map(() => ''), rounds, '']];
  });
  return table(['net', 'receptive', 'variant', ...present, 'rounds', 'largest difference'], rows);
}

const verdict = (met) => (met === undefined ? '' : met ? 'met' : 'not met');

function targetsTable(results) {
  const rows = results.flatMap((result) => {
    const { target, ratios, verdicts } = result;
    const web = ratios.web === undefined ? '' : `${ratios.web.toFixed(2)}x (${ratios.bestWeb})`;
    const litert = ratios.litert === undefined ? '' : `${ratios.litert.toFixed(2)}x`;
    const native = ratios.native === undefined ? '' : ratios.native.toFixed(2);
    const wanted = target ? [`>= ${target.web}x`, `<= ${target.native}`] : ['', ''];
    const row = [label(result), web, wanted[0], verdict(verdicts.web), litert, native, wanted[1], verdict(verdicts.native)];
    const wide = ratios.wide === undefined ? [] : [wideRow(result)];
    if (ratios.worker === undefined) return [row, ...wide];
    const added = `${ratios.worker.toFixed(2)} ms more than inline`;
    const most = target ? `<= ${target.worker} ms` : '';
    return [row, ...wide, [`${label(result)}, worker`, added, most, verdict(verdicts.worker), '', '', '', '']];
  });
  const head = ['net', 'faster than onnxruntime-web and tfjs-wasm', 'target', '', 'than litert', 'time relative to native', 'target', ''];
  return table(head, rows);
}

/** With paired vectors. */
function wideRow({ net, batch, target, ratios, verdicts }) {
  const of = (ratio, unit) => (ratio === undefined ? '' : `${ratio.toFixed(2)}${unit}`);
  const [web, native] = target?.wide ? [`>= ${target.wide.web}x`, `<= ${target.wide.native}`] : ['', ''];
  const name = `${label({ net, batch })}, wide: ${of(ratios.wide, ' of its time')}`;
  return [name, of(ratios.wideWeb, 'x'), web, verdict(verdicts.wideWeb), '', of(ratios.wideNative, ''), native, verdict(verdicts.wideNative)];
}

function rooflineLine(results) {
  const measured = results.flatMap(({ roofline }) => roofline ?? []);
  if (measured.length === 0) return 'No roofline was measured.';
  const of = (values, unit) => {
    const known = values.filter((value) => value !== undefined);
    return known.length > 0 ? `${median(known).toFixed(1)} ${unit}` : 'not available';
  };
  const [simd, relaxed] = ['simd', 'relaxed'].map((variant) => of(measured.map(({ peak }) => peak[variant]), 'GFLOP/s'));
  const gbps = of(measured.map((one) => one.gbps), 'GB/s');
  return `Roofs of one thread in WebAssembly: multiply and add ${simd}; relaxed multiply-add ${relaxed}; reading memory ${gbps}.`;
}

function accountTable(results) {
  const rows = results.filter((result) => result.layers).map((result) => {
    const { ms, roof, memoryBound, needed } = accountOf(result);
    const want = (value) => (value === undefined ? '' : `${digits(value)}${value < roof ? ' *' : ''}`);
    const share = `${((100 * roof) / ms).toFixed(0)} %`;
    return [label(result), digits(ms), digits(roof), share, `${((100 * memoryBound) / ms).toFixed(0)} %`, want(needed.web), want(needed.native)];
  });
  const head = ['net', 'ms, layer by layer', 'ms the roofs allow', 'reached', 'in layers bound by memory', 'target: web, ms', 'target: native, ms'];
  return `Where targets stand: the roofs are those above, for the multiplications that the chosen algorithms do (Winograd's are
fewer; its transforms are not counted). * A target below the roof cannot be met with vectors of 128 bits by these algorithms.
\n${table(head, rows)}`;
}

function layersTable(result) {
  const rows = result.layers.map(({ layer, type, algorithm, ms, gflops, shareOfPeak, bytes, gbps, roofMs, bound }) => {
    if (bytes === undefined) return [layer, type, algorithm, ms.toFixed(3), '', '', '', '', '', ''];
    const work = gflops > 0 ? [gflops.toFixed(1), shareOfPeak === undefined ? '' : `${(100 * shareOfPeak).toFixed(0)} %`] : ['', ''];
    const roof = roofMs === undefined ? ['', ''] : [roofMs.toFixed(3), bound];
    return [layer, type, algorithm, ms.toFixed(3), ...work, (bytes / 1e6).toFixed(2), gbps.toFixed(1), ...roof];
  });
  const head = ['layer', 'type', 'algorithm', 'ms', 'GFLOP/s', 'of the peak', 'MB', 'GB/s', 'ms the roofs allow', 'bound by'];
  return `### ${label(result)}: ${digits(result.macs / 1e6)} M multiply-adds, ${digits(result.params / 1e6)} M parameters
\nGFLOP/s by the multiply-adds of the definition: effective ones where Winograd does fewer. The memory roof is for what comes
from memory; what fits the caches may be read faster.\n\n${table(head, rows)}`;
}

function loadTable({ rows }) {
  const cells = rows.map(({ net, engine, reason, ready, first, rssMb, runs }) => {
    const values = reason ? [reason, '', '', ''] : [digits(ready), digits(first), rssMb.toFixed(0), runs];
    return [net, engine, ...values];
  });
  const head = ['net', 'engine', 'ms until loaded', 'ms until the first answer', 'peak memory, MB', 'runs'];
  return `### Loading\n\nFrom the import of the library, in fresh processes, files on disk; medians.\n\n${table(head, cells)}`;
}
