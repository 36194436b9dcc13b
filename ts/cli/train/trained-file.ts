import { FormatError } from '../../entries/index.js';
import type { ModelContent, StoredTensor } from '../../entries/index.js';
import { wrong } from '../../base/wrong.js';
import { readSafetensors } from '../../formats/safetensors.js';
import { writeSafetensors } from '../../formats/safetensors-write.js';
import { describeModel, MODEL_KEY } from '../../model/model-file.js';
import type { ModelDescription } from '../../model/model-file.js';
import { describedAs } from '../../model/save-model.js';
import { readBytes } from '../files.js';
import type { Settings } from './settings.js';

/** The key of the metadata under which the command line says how it trained. */
const KEY = 'receptive.train';
const FORMAT = 1;

/** How a file was trained. */
export interface History {
  readonly settings: Settings;
  /** Parameters that learned; absent: all. */
  readonly learned?: readonly string[] | undefined;
  /** How many examples it learned from. */
  readonly examples: number;
}

/** Turns what a trainer saves into a file that describes itself, too. */
export type Describe = (saved: Uint8Array) => Uint8Array;

/**
 * A file is a checkpoint and a model in one: the network's description beside the state of the training. It goes on learning, and
 * `load` takes it.
 * @param constants - parameters of the described network that are not learned
 * @throws what `saveModel` throws for a model that cannot be described
 */
export function describing(content: ModelContent, history: History, constants: readonly StoredTensor[] = []): Describe {
  const description = describedAs(content).text;
  const text = JSON.stringify({ format: FORMAT, ...history });
  return (saved) => {
    const { tensors, metadata } = readSafetensors(saved);
    return writeSafetensors([...tensors.values(), ...constants], { ...Object.fromEntries(metadata), [MODEL_KEY]: description, [KEY]: text });
  };
}

/** A file to go on from. */
export interface Trained extends ModelDescription {
  readonly bytes: Uint8Array;
  readonly history: History;
}

/** @throws ArgumentError for a file that cannot be read; FormatError for one that this command line did not train */
export function readTrained(file: string): Trained {
  const bytes = readBytes('--resume', file);
  const { metadata } = readSafetensors(bytes, `--resume: ${file}`);
  return { ...describeModel({ metadata }, `--resume: ${file}`), bytes, history: historyOf(metadata.get(KEY), file) };
}

function historyOf(text: string | undefined, file: string): History {
  try {
    const { format, ...history } = JSON.parse(text ?? '{}') as History & { readonly format?: number };
    if (format === FORMAT && typeof history.settings === 'object') return history;
  } catch {
    // Said below.
  }
  return wrong(`--resume: ${file}`, 'a file that receptive train wrote', 'another', { as: FormatError, hint: '--model takes a trained network to begin with' });
}
