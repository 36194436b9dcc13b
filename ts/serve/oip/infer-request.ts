import { DtypeError, ShapeError } from '../../base/errors.js';
import { wrong } from '../../base/wrong.js';
import { showShape } from '../../base/show.js';
import { elementCount, toData } from '../../tensor/tensor.js';
import type { AnyTensor, DataOf, Dtype } from '../../tensor/tensor.js';
import { refuse } from '../refusal.js';
import { jsonName } from '../words.js';
import { DATATYPES, dtypeOf, elementBytes, fromBinary } from './datatypes.js';

type Fields = Readonly<Record<string, unknown>>;

/** An output that is asked for. */
export interface WantedOutput {
  readonly name: string;
  readonly binary: boolean;
}

/** What `infer` is asked. */
export interface InferRequest {
  readonly id: string | undefined;
  readonly inputs: Readonly<Record<string, AnyTensor>>;
  /** Undefined for all that there are. */
  readonly outputs: readonly WantedOutput[] | undefined;
  /** How outputs are sent of which it is not said. */
  readonly binary: boolean;
  /** Milliseconds that the client waits at most. */
  readonly timeout: number | undefined;
}

/** Inputs and outputs that a request may name: more of them no model has. */
const MOST_NAMES = 1024;
const MOST_DIMENSIONS = 32;

/**
 * Reads the body of `infer`: JSON, and behind it the tensors that are sent as binary data, in the order of the inputs.
 * @param header - Inference-Header-Content-Length, the bytes of JSON where tensors follow it; null where it was not sent
 * @throws Refusal (400); DtypeError, ShapeError, ArgumentError for tensors that contradict themselves
 */
export function readInfer(body: Uint8Array, header: string | null): InferRequest {
  const length = header === null ? body.byteLength : jsonLength(header, body.byteLength);
  const request = parse(body.subarray(0, length));
  const tail = new Tail(body.subarray(length));
  const inputs = list(request['inputs'], 'inputs').map((input, i) => readInput(input, `inputs[${i}]`, tail));
  tail.expectEnd();
  const twice = inputs.find(([name], i) => inputs.findIndex(([other]) => other === name) < i);
  if (twice) refuse(400, 'inputs', 'each input once', `${JSON.stringify(twice[0].slice(0, 64))} twice`);
  const parameters = fields(request['parameters'] ?? {}, 'parameters');
  const binary = flag(parameters['binary_data_output'], 'parameters.binary_data_output') ?? false;
  const outputs = request['outputs'] === undefined ? undefined : list(request['outputs'], 'outputs').map((output, i) => readWanted(output, `outputs[${i}]`, binary));
  return { id: text(request['id'], 'id'), inputs: Object.fromEntries(inputs), outputs, binary, timeout: readTimeout(parameters) };
}

function jsonLength(header: string, most: number): number {
  const length = /^\d{1,15}$/.test(header.trim()) ? Number(header) : NaN;
  return length <= most ? length : refuse(400, 'Inference-Header-Content-Length', `a number of bytes up to the ${most} of the body`, 'another');
}

function parse(bytes: Uint8Array): Fields {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return refuse(400, 'body', 'JSON', 'what is none', 'where tensors follow the JSON, send its length as Inference-Header-Content-Length');
  }
  return fields(value, 'body');
}

function fields(value: unknown, place: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  return refuse(400, place, 'an object', jsonName(value));
}

function list(value: unknown, place: string): readonly Fields[] {
  if (!Array.isArray(value)) return refuse(400, place, 'a list', jsonName(value));
  if (value.length > MOST_NAMES) refuse(400, place, `at most ${MOST_NAMES}`, String(value.length));
  return value.map((item, i) => fields(item, `${place}[${i}]`));
}

function text(value: unknown, place: string): string | undefined {
  return value === undefined || typeof value === 'string' ? value : refuse(400, place, 'a text', jsonName(value));
}

function name(value: unknown, place: string): string {
  return text(value, place) ?? refuse(400, place, 'a name', 'none');
}

function flag(value: unknown, place: string): boolean | undefined {
  return value === undefined || typeof value === 'boolean' ? value : refuse(400, place, 'true or false', jsonName(value));
}

/** Microseconds in the request, as Triton's clients send them. A sequence would need a state, which is refused rather than passed over. */
function readTimeout(parameters: Fields): number | undefined {
  const { timeout, sequence_id: sequence } = parameters;
  if (sequence !== undefined && sequence !== 0 && sequence !== '') refuse(400, 'parameters.sequence_id', 'none: no model here keeps a state', 'one');
  if (timeout === undefined || timeout === 0) return undefined;
  if (typeof timeout !== 'number' || !(timeout > 0)) return refuse(400, 'parameters.timeout', 'microseconds', jsonName(timeout));
  return timeout / 1000;
}

function readWanted(output: Fields, place: string, usual: boolean): WantedOutput {
  const parameters = fields(output['parameters'] ?? {}, `${place}.parameters`);
  if (parameters['classification'] !== undefined) refuse(400, `${place}.parameters.classification`, 'none', 'one', 'POST /classify names the likeliest classes of a photo');
  return { name: name(output['name'], `${place}.name`), binary: flag(parameters['binary_data'], `${place}.parameters.binary_data`) ?? usual };
}

function readInput(input: Fields, at: string, tail: Tail): [name: string, tensor: AnyTensor] {
  const place = name(input['name'], `${at}.name`);
  const dtype = dtypeOf(input['datatype'], `${at}.datatype`);
  const shape = input['shape'] as number[];
  if (!Array.isArray(shape)) refuse(400, `${at}.shape`, 'a list of whole numbers', jsonName(shape));
  if (shape.length > MOST_DIMENSIONS) refuse(400, `${at}.shape`, `at most ${MOST_DIMENSIONS} dimensions`, String(shape.length));
  const count = elementCount(shape, `${at}.shape`);
  const size = fields(input['parameters'] ?? {}, `${at}.parameters`)['binary_data_size'];
  const both = size !== undefined && input['data'] !== undefined;
  if (both) refuse(400, at, 'data or binary_data_size', 'both');
  const data = size === undefined ? fromList(input['data'], dtype, shape, `${at}.data`) : fromBinary(tail.take(size, count * elementBytes(dtype), at), dtype, at);
  if (data.length !== count) wrong(at, `${count} elements for shape ${showShape(shape)}`, String(data.length), { as: ShapeError });
  return [place, { dtype, shape, data } as AnyTensor];
}

/** Numbers in a list, or in lists as the shape has dimensions. */
function fromList(data: unknown, dtype: Dtype, shape: readonly number[], place: string): DataOf[Dtype] {
  if (!Array.isArray(data)) return refuse(400, place, 'a list of numbers', jsonName(data));
  const flat: readonly unknown[] = Array.isArray(data[0]) ? unnest(data, shape, place) : data;
  if (dtype === 'bool') return Uint8Array.from(flat, (value) => truth(value, place));
  const long = dtype === 'int64' || dtype === 'uint64';
  if (long && flat.some((value) => Number.isInteger(value) && !Number.isSafeInteger(value))) {
    wrong(place, 'whole numbers up to 2^53 in JSON', 'larger ones', { as: DtypeError, hint: 'send them as binary data, where networks compute with the nearest double' });
  }
  if (flat.some((value) => typeof value !== 'number')) wrong(place, 'numbers', 'others among them', { as: DtypeError });
  return toData(inRange(flat as readonly number[], dtype, place), dtype, place);
}

function truth(value: unknown, place: string): number {
  if (value === true || value === 1) return 1;
  return value === false || value === 0 ? 0 : wrong(place, 'true and false for BOOL', jsonName(value), { as: DtypeError });
}

/** The least and the most of the types that are no floats. */
const RANGES: Partial<Readonly<Record<Dtype, readonly [number, number]>>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1], int16: [-(2 ** 15), 2 ** 15 - 1], int8: [-128, 127], uint32: [0, 2 ** 32 - 1], uint16: [0, 2 ** 16 - 1], uint8: [0, 255], uint64: [0, Infinity],
};

function inRange(values: readonly number[], dtype: Dtype, place: string): readonly number[] {
  const range = RANGES[dtype];
  if (!range) return values;
  const odd = values.find((value) => !Number.isInteger(value) || value < range[0] || value > range[1]);
  return odd === undefined ? values : wrong(place, `whole numbers of ${DATATYPES[dtype]}`, String(odd), { as: DtypeError });
}

/** What lies in lists that have the lengths of the shape: no deeper, so that no body can be nested past the stack. */
function unnest(data: readonly unknown[], shape: readonly number[], place: string): readonly unknown[] {
  let level: readonly unknown[] = [data];
  for (const length of shape) {
    const odd = level.some((row) => !Array.isArray(row) || row.length !== length);
    if (odd) wrong(place, `lists as the shape ${showShape(shape)} has them`, 'others', { as: ShapeError });
    level = (level as readonly (readonly unknown[])[]).flat();
  }
  return level;
}

/** The binary data behind the JSON, from its beginning to its end. */
class Tail {
  private offset = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** @param wanted - bytes that the tensor has by its shape */
  take(size: unknown, wanted: number, place: string): Uint8Array {
    const left = this.bytes.byteLength - this.offset;
    if (size !== wanted) refuse(400, `${place}.parameters.binary_data_size`, `the ${wanted} bytes of its shape`, typeof size === 'number' ? String(size) : jsonName(size));
    if (wanted > left) refuse(400, place, `${wanted} bytes behind the JSON`, String(left));
    return this.bytes.subarray(this.offset, (this.offset += wanted));
  }

  expectEnd(): void {
    const left = this.bytes.byteLength - this.offset;
    if (left > 0) refuse(400, 'body', 'nothing behind the last tensor', `${left} bytes`);
  }
}
