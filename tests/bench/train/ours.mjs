/** This library's steps, one by one: what a trainer calls, with the engine's steps in reach. */
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { crossEntropy } from '../../../.build/train/losses.js';
import { sgd } from '../../../.build/train/optimizers.js';
import { TrainSession } from '../../../.build/train/session.js';
import { summaryOf } from '../../../.build/train/summary.js';
import { sharedTrainMemory, startThreadedTrainEngine, startTrainEngine } from '../../../.build/train/wasm.js';
import { MOMENTUM, RATE } from './batch.mjs';

const CONTRACTS = ['program', 'train'].map((crate) => JSON.parse(readFileSync(new URL(`../../../crates/${crate}/contract.json`, import.meta.url))));
const OPCODES = new Map(CONTRACTS.flatMap(({ steps }) => Object.entries(steps).map(([name, { code }]) => [code, name])));

const GLUE = new URL('../../../crates/pkg/glue-train.js', import.meta.url).href;
const HELPER = `
  const { workerData: { glue, start } } = require('node:worker_threads');
  import(glue).then(({ createThreadedTrainGlue }) => {
    const helper = createThreadedTrainGlue();
    helper.initSync({ ...start, thread_stack_size: 1 << 20 });
    helper.poolWorker();
  });
`;

function startHelper(start, died) {
  const worker = new Worker(HELPER, { eval: true, workerData: { glue: GLUE, start } });
  worker.on('error', ({ message }) => died(message));
  worker.unref();
  return { terminate: () => void worker.terminate() };
}

async function startEngine(variant, threads) {
  const file = new URL(`../../../dist/wasm/train-${variant}${threads > 1 ? '-threads' : ''}.wasm`, import.meta.url);
  const module = new WebAssembly.Module(readFileSync(file));
  if (threads === 1) return startTrainEngine(module);
  return startThreadedTrainEngine({ module, memory: sharedTrainMemory() }, threads, startHelper);
}

/** @returns `step`, which learns and gives the loss; `forward`, which goes forward alone; `profile`; `memory`, bytes of the engine; `summary`; `bytes` */
export async function openOurs(net, data, { variant, threads = 1 }) {
  const engine = await startEngine(variant, threads);
  const weights = new Map(Object.entries(data.params));
  const optimizer = sgd({ lr: RATE, momentum: MOMENTUM });
  const session = new TrainSession(engine, { graph: net.graph, losses: [crossEntropy()], optimizer, clip: 0, seed: 0n, weights, trainable: net.trainable });
  const [inputs, targets] = [[data.x], [data.target]];
  const step = () => session.step(inputs, targets, RATE).loss;
  step();
  const [{ program, compiled }] = [...session.programs.values()];
  const back = program.steps.findIndex(({ phase }) => phase !== 'forward');
  return {
    name: threads === 1 ? variant : `${variant}, ${threads} threads`,
    // Compiling takes a step.
    steps: 1,
    step,
    forward: () => engine.runSteps(compiled.id, 0, back),
    profile: (rounds) => profile(engine, compiled.id, program.steps, rounds),
    memory: () => engine.input(compiled.id, 0).buffer.byteLength,
    summary: () => summaryOf(net.graph, program, net.trainable),
    bytes: { program: engine.bytes(compiled.id), values: 4 * program.lens.reduce((sum, len) => sum + len, 0), parameters: parameterBytes(net) },
    dispose: () => session.release(),
  };
}

const parameterBytes = ({ graph, trainable }) =>
  graph.params.reduce((sum, { name, shape }) => (trainable.has(name) ? sum + 4 * shape.reduce((a, b) => a * b, 1) : sum), 0);

/** Least milliseconds of each step. */
function profile(engine, id, steps, rounds) {
  const best = steps.map(() => Infinity);
  for (let round = 0; round < rounds; round += 1) {
    steps.forEach((_, i) => {
      const start = performance.now();
      engine.runSteps(id, i, i + 1);
      best[i] = Math.min(best[i], performance.now() - start);
    });
  }
  return steps.map(({ layer, phase, opcode }, i) => ({ layer, phase, step: OPCODES.get(opcode), ms: best[i] }));
}
