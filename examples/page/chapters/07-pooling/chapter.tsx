/** ReLU and pooling: the lecture's matrices, forward and back. */
import { useSignal } from '@preact/signals';
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { adaptiveAvgPool2d, avgPool2d, graph, input, maxPool2d, relu } from 'receptive/layers';
import type { Graph, Layer } from 'receptive/layers';
import { useAddressed } from '../../app/address.js';
import { numbers, oneOf } from '../../app/codecs.js';
import { say } from '../../app/words.js';
import { compute, numbersOf } from '../../engine/compute.js';
import { gradients } from '../../engine/gradient.js';
import { useWork } from '../../engine/use-work.js';
import { Button, Choice, Discover } from '../../ui/controls.js';
import { ErrorNote } from '../../ui/error-note.js';
import { Matrix } from '../../ui/matrix.js';
import { text } from './text.js';

const BEFORE = [2, 0, -1, 9, 1, -2, 2, 2, 6, -3, -2, 6, 4, 5, 9, 7, 5, 6, -3, 8, 1, 7, 5, 6, 7];
const MAP = [12, 29, 2, 5, 21, 12, 17, 25, 18, 15, 2, 19, 17, 23, 16, 5];
const [RELU_SIDE, SIDE, WINDOW] = [5, 4, 2];
const KINDS = ['max', 'average', 'global'] as const;
type Kind = (typeof KINDS)[number];

const netOf = (layer: Layer, side: number): Graph => {
  const x = input([1, 1, side, side]);
  return graph({ x }, { y: layer(x) });
};

const RELU = netOf(relu(), RELU_SIDE);
const POOLS: Readonly<Record<Kind, Graph>> = { max: netOf(maxPool2d(WINDOW), SIDE), average: netOf(avgPool2d(WINDOW), SIDE), global: netOf(adaptiveAvgPool2d(1), SIDE) };

const sideOf = (kind: Kind): number => (kind === 'global' ? 1 : SIDE / WINDOW);

async function forward(key: string, net: Graph, values: readonly number[], side: number): Promise<Float32Array> {
  return (await compute(net, { key, inputs: { x: numbersOf(values, [1, 1, side, side]) } }))['y']!.data;
}

/** What a gradient of 1 at each output gives each input. */
async function backward(net: Graph, values: readonly number[], side: number, outSide: number): Promise<Float32Array> {
  const upstream = { y: numbersOf(new Float32Array(outSide * outSide).fill(1), [1, 1, outSide, outSide]) };
  return (await gradients(net, { inputs: { x: numbersOf(values, [1, 1, side, side]) }, upstream }))['x']!.data;
}

/** Whether a cell of the map is in the window of a cell of the output. */
function inWindow(at: number, cell: number, kind: Kind): boolean {
  if (kind === 'global') return true;
  const [row, column] = [Math.floor(at / SIDE / WINDOW), Math.floor((at % SIDE) / WINDOW)];
  return row * sideOf(kind) + column === cell;
}

export default function Pooling(): JSX.Element {
  const words = say(text);
  const before = useAddressed('x', numbers(RELU_SIDE ** 2, -999, 999), BEFORE);
  const map = useAddressed('m', numbers(SIDE * SIDE, -999, 999), MAP);
  const kind = useAddressed<Kind>('pool', oneOf(...KINDS), 'max');
  return (
    <>
      <div class="words"><p>{words.lead}</p><p>{words.task}</p></div>
      <section class="panel">
        <h2>{words.relu}</h2>
        <Relu before={before} />
      </section>
      <section class="panel">
        <h2>{words.pooling}</h2>
        <Choice label={words.kind} value={kind} options={KINDS.map((one) => [one, words.kinds[one]])} />
        <Pool map={map} kind={kind.value} />
        <div class="row"><Button onClick={() => ([before.value, map.value] = [BEFORE, MAP])}>{words.again}</Button></div>
      </section>
      <Discover question={words.question} label={words.reveal} answer={words.answer} />
    </>
  );
}

function Relu({ before }: { readonly before: Signal<readonly number[]> }): JSX.Element {
  const words = say(text);
  const after = useWork(() => forward('relu', RELU, before.value, RELU_SIDE), [before.value]).value;
  const back = useWork(() => backward(RELU, before.value, RELU_SIDE, RELU_SIDE), [before.value]).value;
  return (
    <div class="row">
      <Matrix label={words.before} values={before.value} columns={RELU_SIDE} onEdit={(values) => (before.value = values)} tone={(at) => Math.sign(before.value[at] ?? 0) * 0.5} />
      {after.value && <Matrix label={words.after} values={after.value} columns={RELU_SIDE} tone={(at) => Math.sign(after.value?.[at] ?? 0) * 0.5} />}
      {back.value && <Matrix label={words.back} values={back.value} columns={RELU_SIDE} tone={(at) => (back.value?.[at] ?? 0) * 0.5} />}
      {(after.error ?? back.error) !== undefined && <ErrorNote error={after.error ?? back.error} />}
    </div>
  );
}

function Pool({ map, kind }: { readonly map: Signal<readonly number[]>; readonly kind: Kind }): JSX.Element {
  const words = say(text);
  const cell = useSignal<number | undefined>(undefined);
  const pooled = useWork(() => forward(`pool ${kind}`, POOLS[kind], map.value, SIDE), [map.value, kind]).value;
  const back = useWork(() => backward(POOLS[kind], map.value, SIDE, sideOf(kind)), [map.value, kind]).value;
  const at = cell.value;
  return (
    <>
      <div class="row">
        <Matrix label={words.map} values={map.value} columns={SIDE} onEdit={(values) => (map.value = values)} look={(one) => (at !== undefined && inWindow(one, at, kind) ? 'under' : '')} />
        {pooled.value && <Matrix label={words.pooled} values={pooled.value} columns={sideOf(kind)} onPoint={(one) => (cell.value = one)} look={(one) => (one === at ? 'now' : '')} />}
        {back.value && <Matrix label={words.back} values={back.value} columns={SIDE} tone={(one) => (back.value?.[one] ?? 0) * 0.7} />}
      </div>
      {(pooled.error ?? back.error) !== undefined && <ErrorNote error={pooled.error ?? back.error} />}
      <p class="note">{words.backNote}</p>
    </>
  );
}
