import { checkOptions, optionNames } from '../base/options.js';
import { showValue, typeName } from '../base/show.js';
import { wrong } from '../base/wrong.js';
import type { Param } from '../graph/graph.js';

/** Parameters that follow their gradients otherwise than the rest. */
export interface ParameterGroup {
  /** Which parameters they are; of several groups the first that fits counts. */
  readonly params: (name: string) => boolean;
  /** Factor of the learning rate, from 0 on. Default 1. */
  readonly lrScale?: number | undefined;
  /** Weight decay, from 0 on. Default: the optimiser's, by its rule. */
  readonly weightDecay?: number | undefined;
}

const GROUP = optionNames<ParameterGroup>({ params: true, lrScale: true, weightDecay: true });

/** @throws ArgumentError for what are no groups, naming which */
export function checkGroups(place: string, groups: readonly ParameterGroup[]): readonly ParameterGroup[] {
  const isList: boolean = Array.isArray(groups);
  if (!isList) wrong(`${place}: groups`, 'a list of groups { params, lrScale, weightDecay }', typeName(groups));
  groups.forEach((group, i) => {
    const at = `${place}: groups[${i}]`;
    checkOptions(at, group, GROUP);
    if (typeof group?.params !== 'function') wrong(`${at}: params`, 'a function that tells by the name of a parameter', typeName(group?.params));
    for (const name of ['lrScale', 'weightDecay'] as const) {
      const value: unknown = group[name];
      if (value !== undefined && !(typeof value === 'number' && Number.isFinite(value) && value >= 0)) wrong(`${at}: ${name}`, 'a number from 0 on', showValue(value));
    }
  });
  return groups;
}

/** How one parameter follows its gradient. */
export interface Following {
  /** Which of the rates it takes. */
  readonly rate: number;
  readonly decay: number;
}

/** How all parameters follow their gradients, as data. */
export interface Followings {
  /** Factors of the learning rate: each rate there is. */
  readonly scales: readonly number[];
  readonly of: ReadonlyMap<string, Following>;
}

/** What of an optimiser is decided by the names and shapes of parameters. */
export interface GroupedOptimizer {
  readonly weightDecay: number;
  readonly decayAll: boolean;
  readonly groups: readonly ParameterGroup[];
}

/** @throws ArgumentError for a group that no parameter belongs to */
export function followingsOf({ weightDecay, decayAll, groups }: GroupedOptimizer, params: readonly Param[]): Followings {
  const scales: number[] = [1];
  const used = new Set<ParameterGroup>();
  const following = ({ name, shape }: Param): Following => {
    const group = groups.find((one) => one.params(name));
    if (group) used.add(group);
    const scale = group?.lrScale ?? 1;
    if (!scales.includes(scale)) scales.push(scale);
    // Norms and biases have one dimension.
    return { rate: scales.indexOf(scale), decay: group?.weightDecay ?? (decayAll || shape.length > 1 ? weightDecay : 0) };
  };
  const of = new Map(params.map((param) => [param.name, following(param)]));
  const idle = groups.findIndex((group) => !used.has(group));
  if (idle >= 0) wrong(`optimizer: groups[${idle}]`, 'parameters that learn and belong to no group before', 'none');
  return { scales, of };
}
