/**
 * What each algorithm takes for convolutions of many shapes, and whether `auto` takes a fast one.
 *
 *   node tests/bench/choices.mjs [--variants simd,scalar,...] [--ms 60] [--runs 3] [--only far | none | '3,1,7,8,8,1 5,1,...']
 *
 * All algorithms of a shape run in turns in one process; a figure is the least time of many short runs, since a busy machine only
 * adds to it, and each of the `--runs` goes through all shapes anew. Writes results/choices.json (times relative to the fastest, one
 * line a shape; the test of the choice reads it) and results/choices.md. What is not measured keeps its figures: `--only` names
 * shapes, or those whose weights are far from cache, or none, which brings what `auto` takes up to date. Relaxed SIMD needs Node 24,
 * or Node 20 with --experimental-wasm-relaxed-simd.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { conv2d, filterSpec } from '../../.build/contract/steps.js';
import { encode } from '../../.build/program/words.js';
import { createGlue } from '../../crates/pkg/glue.js';

// A function that has not run often yet is code of V8's baseline compiler, up to ten times slower: few runs of large maps would
// measure that for one algorithm and not for another.
setFlagsFromString('--no-liftoff');

const RESULTS = new URL('results/', import.meta.url);

/** What is requested, `auto` last. */
const REQUESTS = ['packed', 'winograd2', 'winograd', 'auto'];
/** Columns of the file: the packed product, Winograd with 2x2 and 4x4 tiles (5x5 kernels: 2x2 alone), depthwise. */
const COLUMNS = ['packed', 'winograd 2x2', 'winograd 4x4', 'depthwise'];
const columnOf = (name) => COLUMNS.indexOf(name === 'pointwise' ? 'packed' : name.replace(', 5x5', ''));

/** Multiply-adds of the largest shapes. */
const MOST = 130e6;
const CHANNELS = [[1, 1], [2, 2], [3, 3], [1, 8], [8, 1], [3, 16], [16, 3], [4, 4], [6, 16], [8, 8], [3, 64], [64, 3], [16, 16], [24, 24],
  [32, 32], [16, 64], [64, 16], [48, 96], [64, 64], [96, 48], [128, 128], [256, 256], [512, 512]];

/** Weights that other layers push out of cache before the next run: before each run of as many, memory is read for that. */
const FAR = 1 << 16;
const others = new Float32Array(8 << 20);
const readOthers = () => {
  let sum = 0;
  for (let i = 0; i < others.length; i += 16) sum += others[i];
  return sum;
};

/** `[kernel, stride, map, C, OC, groups]` of each shape. */
function grid() {
  const shapes = [];
  const add = (kernel, stride, map, c, oc, groups = 1) => {
    const macs = Math.ceil(map / stride) ** 2 * kernel ** 2 * (c / groups) * oc;
    if (macs <= MOST) shapes.push([kernel, stride, map, c, oc, groups]);
  };
  for (const map of [7, 14, 28, 56, 112, 224]) for (const [c, oc] of CHANNELS) add(3, 1, map, c, oc);
  for (const map of [7, 14, 28, 56, 224]) for (const [c, oc] of CHANNELS.filter((_, i) => i % 2 === 0)) add(5, 1, map, c, oc);
  for (const map of [14, 56, 112]) for (const [c, oc] of [[3, 32], [64, 64], [8, 8]]) add(3, 2, map, c, oc);
  for (const map of [7, 28, 112]) for (const [c, oc] of [[1, 1], [64, 64], [32, 8]]) add(1, 1, map, c, oc);
  for (const map of [7, 28, 112]) for (const c of [2, 3, 8, 32, 96]) add(3, 1, map, c, c, c);
  for (const map of [14, 56]) add(3, 1, map, 64, 64, 8);
  return shapes;
}

const isFar = ([kernel, , , c, oc, groups]) => (kernel * kernel * c * oc) / groups >= FAR;

/** One convolution in an engine, as a function that runs it, and the name of its algorithm. */
function open({ engine, memory }, [kernel, stride, map, c, oc, groups], algorithm) {
  const pad = (kernel - 1) / 2;
  const out = Math.floor((map + 2 * pad - kernel) / stride) + 1;
  const walk = { stride: [stride, stride], dilation: [1, 1] };
  const spec = filterSpec({ kind: 'conv', dims: [oc, c / groups, kernel, kernel], groups, ...walk, map: [out, out], algorithm });
  const filter = engine.filter(Uint32Array.from(spec), new Float64Array(0));
  engine.filterRows(filter, 0, Float32Array.from({ length: (oc * c * kernel * kernel) / groups }, (_, i) => Math.sin(i)));
  const window = { c, h: map, w: map, kernel: [kernel, kernel], pad: [pad, pad, pad, pad], ...walk, ceil: false };
  const step = conv2d({ x: 0, y: 1, filter: { weight: filter }, n: 1, window, oc, groups, part: { row: oc, first: 0 } });
  const program = engine.compile(encode({ lens: [map * map * c, out * out * oc], inputs: [0], outputs: [1], steps: [step] }, (slot) => slot));
  const input = new Float32Array(memory.buffer, engine.inputPtr(program, 0), map * map * c);
  input.forEach((_, i) => (input[i] = Math.cos(i)));
  return { name: engine.algorithm(program, 0), run: () => engine.run(program), ms: Infinity };
}

/** What `use` makes of the distinct algorithms of a shape, by column, and of the column that `auto` takes. */
function withAlgorithms(module, shape, use) {
  const glue = createGlue();
  const { memory } = glue.initSync({ module });
  const engine = new glue.Engine(1);
  const byColumn = new Map();
  let auto;
  for (const algorithm of REQUESTS) {
    const entry = open({ engine, memory }, shape, algorithm);
    auto = columnOf(entry.name);
    if (!byColumn.has(auto)) byColumn.set(auto, entry);
  }
  const result = use(byColumn, auto);
  engine.free();
  return result;
}

/** Milliseconds of each distinct algorithm, by column; none where there is one. */
const measure = (module, shape, budgetMs) =>
  withAlgorithms(module, shape, (byColumn) => {
    const entries = [...byColumn.values()];
    if (entries.length > 1) time(entries, budgetMs, isFar(shape));
    return COLUMNS.map((_, column) => (entries.length > 1 ? byColumn.get(column)?.ms : undefined));
  });

const autoOf = (module, shape) => withAlgorithms(module, shape, (_, auto) => auto);

function time(entries, budgetMs, far) {
  const once = entries.map(({ run }) => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  // Short ones run several times at once, or the clock would be coarse.
  const repeats = entries.map((_, i) => (far ? 1 : Math.max(1, Math.min(200, Math.round(0.3 / once[i])))));
  const rounds = Math.max(7, Math.min(60, Math.round(budgetMs / once.reduce((sum, ms, i) => sum + ms * repeats[i], 0))));
  for (let round = 0; round < rounds; round += 1) {
    entries.forEach((entry, i) => {
      if (far) readOthers();
      const start = performance.now();
      for (let repeat = 0; repeat < repeats[i]; repeat += 1) entry.run();
      entry.ms = Math.min(entry.ms, (performance.now() - start) / repeats[i]);
    });
  }
}

const { values } = parseArgs({
  options: {
    variants: { type: 'string', default: 'scalar,simd,relaxed' },
    ms: { type: 'string', default: '60' },
    runs: { type: 'string', default: '3' },
    only: { type: 'string' },
  },
});
const isWanted = (shape) => {
  if (values.only === undefined) return true;
  return values.only === 'far' ? isFar(shape) : values.only.split(' ').includes(shape.join());
};
const file = new URL('choices.json', RESULTS);
const known = new Map(existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).shapes.map((row) => [row.shape.join(), row]) : []);
const rows = grid().map((shape) => known.get(shape.join()) ?? { shape });
for (const variant of values.variants.split(',')) {
  const module = new WebAssembly.Module(readFileSync(new URL(`../../crates/pkg/${variant}/receptive_bg.wasm`, import.meta.url)));
  const least = new Map();
  for (let run = 0; run < Number(values.runs); run += 1) {
    for (const { shape } of rows.filter((row) => isWanted(row.shape))) {
      const before = least.get(shape) ?? [];
      const ms = measure(module, shape, Number(values.ms));
      least.set(shape, ms.map((one, column) => one && Math.min(one, before[column] ?? Infinity)));
    }
  }
  for (const row of rows) {
    const ms = least.get(row.shape);
    const best = Math.min(...(ms ?? []).filter((one) => one !== undefined));
    if (ms) row[variant] = ms.map((one) => (one === undefined ? 0 : Math.round((100 * one) / best)));
    row.auto = { ...row.auto, [variant]: autoOf(module, row.shape) };
  }
}
writeFileSync(file, `{"columns":${JSON.stringify(COLUMNS)},"shapes":[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]}\n`);
writeFileSync(new URL('choices.md', RESULTS), describe(rows));

function describe(rows) {
  const variants = ['scalar', 'simd', 'relaxed'];
  const cell = (row, variant) => {
    const costs = row[variant];
    if (!costs || costs.every((cost) => cost === 0)) return '';
    const shown = costs.map((cost, column) => ({ cost, column })).filter(({ cost }) => cost > 0);
    return shown.map(({ cost, column }) => `${COLUMNS[column]} ${(cost / 100).toFixed(2)}${row.auto[variant] === column ? '*' : ''}`).join(', ');
  };
  const lines = rows.map((row) => {
    const [kernel, stride, map, c, oc, groups] = row.shape;
    return `| ${kernel}x${kernel} | ${stride} | ${map} | ${c} | ${oc} | ${groups} | ${variants.map((variant) => cell(row, variant)).join(' | ')} |`;
  });
  return `# Choice of algorithms

Time of each algorithm relative to the fastest, one image, one thread; \`*\` is what \`auto\` takes. Where there is one candidate, nothing was
measured. By \`node tests/bench/choices.mjs\`.

| kernel | stride | map | C | OC | groups | ${variants.join(' | ')} |
|---|---|---|---|---|---|---|---|---|
${lines.join('\n')}
`;
}
