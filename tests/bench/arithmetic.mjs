/** What the report computes from times. */

/** The middle value; of an even number of values, the mean of the middle two. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.floor(sorted.length / 2)]) / 2;
}

/** Median and spread under their true names. */
export function statistics(times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))];
  return { median: median(sorted), min: sorted[0], max: sorted.at(-1), quartiles: [at(0.25), at(0.75)], rounds: sorted.length };
}

/** How many rounds fit into the time: at least 5, at most `most`. */
export function roundsFor(roundMs, seconds, most) {
  return Math.max(5, Math.min(most, Math.floor((seconds * 1000) / roundMs)));
}

/** The largest difference, relative to the largest value of the reference; NaN where either has one. */
export function relativeDifference(reference, other) {
  if (reference.length !== other.length) return Number.NaN;
  let [largest, difference] = [0, 0];
  for (let i = 0; i < reference.length; i += 1) {
    largest = Math.max(largest, Math.abs(reference[i]));
    difference = Math.max(difference, Math.abs(reference[i] - other[i]));
  }
  return difference === 0 ? 0 : difference / largest;
}

const OURS = 'receptive';
const WORKER = 'receptive, worker';
const WIDE = 'receptive, wide';
const WEB = ['onnxruntime-web', 'tfjs-wasm'];
const LITERT = 'litert';
const NATIVE = 'onnxruntime-node';

/**
 * Ratios of one net's medians; undefined where an engine has none.
 * `web` says how many times as fast as the better of the two that the targets are about, `litert` the same for LiteRT, `native`
 * how long compared with the native one, `worker` how many ms more through the worker; `wide` how long with paired vectors
 * compared with none, and that compared with the others.
 */
export function ratiosOf(engines) {
  const of = (name) => engines.find((engine) => engine.name === name)?.times?.median;
  const mine = of(OURS);
  const rivals = WEB.filter((name) => of(name) !== undefined);
  const best = rivals.reduce((a, b) => (a !== undefined && of(a) <= of(b) ? a : b), undefined);
  const [native, worker, wide] = [of(NATIVE), of(WORKER), of(WIDE)];
  const both = (a, b, compute) => (a === undefined || b === undefined ? undefined : compute(a, b));
  return {
    bestWeb: best,
    web: both(mine, best && of(best), (a, b) => b / a),
    litert: both(mine, of(LITERT), (a, b) => b / a),
    native: both(mine, native, (a, b) => a / b),
    worker: both(mine, worker, (a, b) => b - a),
    wide: both(wide, mine, (a, b) => a / b),
    wideWeb: both(wide, best && of(best), (a, b) => b / a),
    wideNative: both(wide, native, (a, b) => a / b),
  };
}

/** For each target whether it is met; undefined where it was not measured. */
export function verdictsOf(target, ratios) {
  const judge = (wanted, got, met) => (wanted === undefined || got === undefined ? undefined : met(got, wanted));
  return {
    web: judge(target?.web, ratios.web, (got, wanted) => got >= wanted),
    native: judge(target?.native, ratios.native, (got, wanted) => got <= wanted),
    worker: judge(target?.worker, ratios.worker, (got, wanted) => got <= wanted),
    wideWeb: judge(target?.wide?.web, ratios.wideWeb, (got, wanted) => got >= wanted),
    wideNative: judge(target?.wide?.native, ratios.wideNative, (got, wanted) => got <= wanted),
  };
}

/**
 * What one net's layers take and what the roofs allow them, in milliseconds, with the algorithms that were chosen; and what our
 * median would have to be for each target. A `needed` below `roof` is out of reach of any code for this instruction set that
 * does the same multiplications.
 */
export function accountOf({ engines, layers = [], target }) {
  const of = (name) => engines.find((engine) => engine.name === name)?.times?.median;
  const web = WEB.map(of).filter((ms) => ms !== undefined);
  const native = of(NATIVE);
  return {
    ms: layers.reduce((sum, layer) => sum + layer.ms, 0),
    roof: layers.reduce((sum, layer) => sum + (layer.roofMs ?? 0), 0),
    memoryBound: layers.reduce((sum, layer) => sum + (layer.bound === 'memory' ? layer.ms : 0), 0),
    needed: {
      web: target && web.length > 0 ? Math.min(...web) / target.web : undefined,
      native: target && native !== undefined ? native * target.native : undefined,
    },
  };
}

/** Milliseconds that the machine allows at least for this work, and which roof says so. */
export function roofOf({ flops, bytes }, { gflops, gbps }) {
  const compute = flops / gflops / 1e6;
  const memory = bytes / gbps / 1e6;
  return { ms: Math.max(compute, memory), bound: compute >= memory ? 'compute' : 'memory' };
}
