import { typeName } from '../base/show.js';
import { wrong } from '../base/wrong.js';

/** The name of a class, or its identifier and its name. */
export type Label = string | readonly string[];

/**
 * Names of classes: a list, an object by index `{ 0: 'ant' }`, or one that has such an object under `id2label`, as the config.json of
 * model hubs. `['n01440764', 'tench']` in place of a name is an identifier and the name, as in imagenet_class_index.json.
 */
export type Labels =
  | readonly Label[]
  | Readonly<Record<string, Label>>
  | {
      /** Names by index. */
      readonly id2label: Readonly<Record<string, Label>>;
    };

/**
 * The names by index.
 * @param place - what is read, for messages
 * @throws ArgumentError that says which entry is wrong, or which index is missing
 */
export function labelNames(labels: unknown, place = 'labels'): readonly string[] {
  if (typeof labels !== 'object' || labels === null) return wrong(place, 'a list of names, or an object of them by index', typeName(labels));
  if ('id2label' in labels) return labelNames(labels.id2label, `${place}: id2label`);
  // What is not there in a sparse list is undefined here.
  const entries: unknown[] = Array.isArray(labels) ? Array.from(labels) : byIndex(labels as Readonly<Record<string, unknown>>, place);
  if (entries.length === 0) wrong(place, 'names of classes', 'none');
  return entries.map((entry, i) => {
    const name: unknown = Array.isArray(entry) && entry.length === 2 ? entry[1] : entry;
    return typeof name === 'string' ? name : wrong(`${place}: class ${i}`, 'a name', typeName(entry));
  });
}

function byIndex(labels: Readonly<Record<string, unknown>>, place: string): unknown[] {
  const keys = Object.keys(labels);
  return keys.map((key, i) => {
    if (!/^(0|[1-9]\d*)$/.test(key)) wrong(place, 'the indexes 0, 1, 2, ...', JSON.stringify(key));
    if (!Object.hasOwn(labels, i)) wrong(place, `the indexes 0 to ${keys.length - 1}`, `${keys.length} names, but none of index ${i}`);
    return labels[i];
  });
}
