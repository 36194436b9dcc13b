import { readSafetensors } from '../formats/safetensors.js';
import { chooseOutputs } from '../graph/choose-outputs.js';
import { Session } from '../session/session.js';
import { describeModel } from './model-file.js';
import type { ModelReader } from './reader.js';

/** Reads safetensors files that describe themselves. It takes all that no other reader takes. */
export const safetensorsReader: ModelReader = {
  accepts: () => true,
  read({ source, place, outputs }) {
    const file = readSafetensors(source, place);
    const described = describeModel(file, place);
    const graph = outputs ? chooseOutputs(described.graph, outputs) : described.graph;
    return { start: (instance, how) => new Session(instance, graph, file, how), described: { ...described, graph } };
  },
};
