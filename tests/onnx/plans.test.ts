/**
 * What each network becomes: steps by layer type, and a digest of the program's words and of the weights it asks for. A change of
 * the passes that is to leave plans as they are leaves this file alone; one of the words themselves records anew with `vitest -u`.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inMemory, store } from '../../ts/formats/stored.js';
import type { TensorSource } from '../../ts/formats/stored.js';
import type { Graph } from '../../ts/graph/graph.js';
import * as models from '../../ts/models/index.js';
import { Facts, knownConstants } from '../../ts/onnx/plan/known.js';
import { liveNodes } from '../../ts/onnx/plan/liveness.js';
import { planLeg } from '../../ts/onnx/plan/planner.js';
import { matchPatterns } from '../../ts/onnx/plan/patterns.js';
import { readOnnx } from '../../ts/onnx/read/read.js';
import { buildPlan } from '../../ts/program/plan.js';
import { unpacked } from './cases.js';
import { netNames } from './nets.js';
import type { Meta } from './nets.js';

const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Zeros for every parameter: a plan does not depend on their numbers. */
function zeros({ params }: Graph): TensorSource {
  const shapes = new Map(params.map(({ name, shape }) => [name, shape]));
  const zero = (name: string) => {
    const shape = shapes.get(name) ?? [];
    return store(name, { dtype: 'float32', shape, data: new Float32Array(elements(shape)) });
  };
  return { names: () => shapes.keys(), get: zero };
}

function row(graph: Graph, shapes: readonly (readonly number[])[], source: TensorSource): string {
  const { steps, words, weights } = buildPlan(graph, shapes, source);
  const types = new Map<string, number>();
  for (const { type } of steps) types.set(type, (types.get(type) ?? 0) + 1);
  const keys = weights.map((weight) => [weight.key, weight.kind === 'filter' ? weight.spec : []]);
  const digest = createHash('sha256').update(words((weight) => weight)).update(JSON.stringify([steps, keys])).digest('hex');
  return `${[...types].map(([type, count]) => `${type} ${count}`).join(', ')}: ${digest.slice(0, 16)}`;
}

const asFile = (rows: Readonly<Record<string, string>>): string => `${JSON.stringify(rows, null, 2)}\n`;

test('networks by name', async () => {
  const rows = Object.entries(models).map(([name, make]): [string, string] => {
    const graph = make();
    const shapes = graph.inputs.map(({ value }) => (graph.values[value]?.shape ?? []).map((dim, axis) => dim ?? (axis === 0 ? 1 : 224)));
    return [name, row(graph, shapes, zeros(graph))];
  });
  await expect(asFile(Object.fromEntries(rows))).toMatchFileSnapshot('plans/models.json');
});

/** The first leg, which is the whole of most networks; weights are zeros. */
function onnxRow(folder: string): string {
  const meta = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8')) as Meta;
  const weights = new Uint8Array(4 * meta.fill.reduce((sum, [, dims]) => sum + elements(dims), 0));
  const { graph } = readOnnx(readFileSync(join(folder, 'skeleton.onnx')), folder, () => inMemory(weights));
  const outputs = graph.outputs.map(({ name }) => name);
  const known = Facts.of(knownConstants(graph));
  for (const { name, dtype = 'float32', shape } of meta.cases[0]?.inputs ?? []) known.set(name, { dtype, shape });
  const nodes = matchPatterns(liveNodes(graph.nodes, outputs), graph);
  const { segment, host } = planLeg({ nodes, index: 0, known }, outputs, { key: 'plans', openMaps: true });
  const planned = segment && row(segment.graph, segment.inputs.map(({ shape }) => shape), segment.weights);
  return `${planned ?? 'nothing'}${host ? `, then ${host.op} on the host` : ''}`;
}

test.each(['onnx', 'onnx-ops'])('exported networks: %s', async (kind) => {
  const folder = join(unpacked('nets'), kind);
  const rows = netNames(folder).map((name): [string, string] => [name, onnxRow(join(folder, name))]);
  await expect(asFile(Object.fromEntries(rows))).toMatchFileSnapshot(`plans/${kind}.json`);
});
