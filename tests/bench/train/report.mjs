/** The report of training as Markdown. */
import { digits, table } from '../report.mjs';
import { FORWARDS, TRAINED } from './rows.mjs';

/** @param report - `machine`, `versions`, `options`, `results` */
export function trainingMarkdown({ machine, versions, options, date, results }) {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version ?? '(not installed)'}`).join(', ');
  const torch = results.flatMap(({ learners = [] }) => learners).find(({ name, version }) => name === 'pytorch' && version)?.version;
  const head = `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.os}; Node ${machine.node}; one thread each where none are named; ${date}

${packages}, PyTorch ${torch ?? '(not found)'}

A step: forward, loss, back, update. Milliseconds, median (least); CPU: mean of what the process computed, which other work on the machine
does not lengthen. Rounds interleaved, ${options.seconds} s a network.`;
  const done = results.filter(({ learners }) => learners);
  const failed = results.filter((result) => result.failed).map(({ net, failed: reason }) => `${net}: ${reason}`);
  return `${[head, timesTable(done), targetsTable(done), memoryTable(done), ...failed, ...done.map(profile)].join('\n\n')}\n`;
}

function timesTable(results) {
  const rows = results.flatMap(({ net, learners }) => learners.map(({ name, reason, times, cpu, difference }) => [
    net, name, times ? `${digits(times.median)} (${digits(times.min)})` : reason, cpu ? digits(cpu.mean) : '', times?.rounds ?? '',
    difference === undefined ? '' : difference.toExponential(1),
  ]));
  return table(['net', 'by', 'ms a step', 'CPU ms', 'rounds', 'loss differs by'], rows);
}

/** Ratios of CPU time, and of medians. */
function targetsTable(results) {
  const rows = results.flatMap(({ net, learners, target }) => {
    const find = (name) => learners.find((learner) => learner.name === name && learner.times);
    const ratio = (a, b) => (a && b ? `${(a.cpu.mean / b.cpu.mean).toFixed(2)} (${(a.times.median / b.times.median).toFixed(2)})` : '');
    const judge = (a, b, most) => (a && b ? (a.cpu.mean <= most * b.cpu.mean ? 'met' : 'not met') : '');
    const speed = (name, mine) => (find(name) ? `${digits(find(name).cpu.mean / mine.cpu.mean)}x` : '');
    return Object.keys(target).filter(find).map((variant) => {
      const [mine, torch, forward] = [find(variant), find('pytorch'), find(`${variant}, forward`)];
      return [
        net, variant, ratio(mine, torch), `<= ${target[variant]}`, judge(mine, torch, target[variant]), ratio(mine, forward), judge(mine, forward, FORWARDS),
        speed('convnetjs', mine), speed('tfjs-cpu', mine),
      ];
    });
  });
  const titles = ['net', 'variant', 'CPU relative to PyTorch (medians)', 'target', '', 'to the forward alone', `<= ${FORWARDS}`, 'as fast as ConvNetJS', 'as tfjs cpu'];
  return table(titles, rows);
}

function memoryTable(results) {
  const mb = (bytes) => (bytes / 1e6).toFixed(1);
  const rows = results.map(({ net, bytes }) => [net, mb(bytes.program), mb(bytes.values), mb(bytes.parameters)]);
  return table(['net', 'arena and scratch, MB', 'all values, were none to share memory', 'parameters that learn'], rows);
}

/** By layer and direction where the row asks for it, else by step. */
function profile({ net, profiles }) {
  const [{ name, steps }] = profiles;
  const sums = new Map();
  for (const { layer, phase, step, ms } of steps) {
    const key = TRAINED[net].layers ? layer : step;
    const sum = sums.get(key) ?? { forward: 0, backward: 0, update: 0, what: new Set() };
    sum[phase] += ms;
    sum.what.add(step);
    sums.set(key, sum);
  }
  const rows = [...sums].map(([key, sum]) => [key, ...['forward', 'backward', 'update'].map((phase) => sum[phase].toFixed(3)), [...sum.what].join(', ')]);
  const total = (phase) => rows.length && steps.reduce((sum, step) => (step.phase === phase ? sum + step.ms : sum), 0).toFixed(3);
  const title = `${net}, ${name}: least milliseconds of each step by ${TRAINED[net].layers ? 'layer' : 'kind'} and direction`;
  return `${title}\n\n${table(['', 'forward', 'backward', 'update', 'steps'], [...rows, ['total', total('forward'), total('backward'), total('update'), '']])}`;
}
