import type { AnyTensor } from '../../tensor/tensor.js';
import { refuse } from '../refusal.js';
import type { Served } from '../served.js';
import { DATATYPES, toBinary, toJson } from './datatypes.js';
import type { InferRequest, WantedOutput } from './infer-request.js';

/** The body of an answer. */
export interface InferAnswer {
  readonly parts: readonly Uint8Array[];
  /** Bytes of JSON, where tensors follow it. */
  readonly header: number | undefined;
}

/** @throws Refusal (400) for an output that the model does not have */
export function wantedOutputs(served: Served, { outputs, binary }: InferRequest): readonly WantedOutput[] {
  const known = served.outputs;
  const odd = outputs?.find(({ name }) => !known.includes(name));
  if (odd) refuse(400, 'outputs', `names of ${known.join(', ')}`, JSON.stringify(odd.name.slice(0, 64)));
  return outputs ?? known.map((name) => ({ name, binary }));
}

/** The answer of `infer`: JSON, and behind it the tensors that are sent as binary data. @throws DtypeError for what JSON cannot say */
export function writeInfer(served: Served, id: string | undefined, wanted: readonly WantedOutput[], answers: Readonly<Record<string, AnyTensor>>): InferAnswer {
  const tensors: Uint8Array[] = [];
  const outputs = wanted.map(({ name, binary }) => {
    const tensor = answers[name]!;
    const head = `"name":${JSON.stringify(name)},"shape":${JSON.stringify(tensor.shape)},"datatype":"${DATATYPES[tensor.dtype]}"`;
    if (!binary) return `{${head},"data":${toJson(tensor, name)}}`;
    const bytes = toBinary(tensor);
    tensors.push(bytes);
    return `{${head},"parameters":{"binary_data_size":${bytes.byteLength}}}`;
  });
  const said = id === undefined ? '' : `"id":${JSON.stringify(id)},`;
  const json = new TextEncoder().encode(`{"model_name":"${served.name}","model_version":"${served.version}",${said}"outputs":[${outputs.join(',')}]}`);
  return { parts: [json, ...tensors], header: tensors.length > 0 ? json.byteLength : undefined };
}
