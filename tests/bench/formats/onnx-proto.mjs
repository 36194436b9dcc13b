/** The part of onnx.proto that the benchmark writes; field numbers are those of the official schema. */
import protobuf from 'protobufjs';

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Attribute { string name = 1; float f = 2; int64 i = 3; bytes s = 4; repeated int64 ints = 8; int32 type = 20; }
  message Entry { string key = 1; string value = 2; }
  message Tensor { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9;
    repeated Entry external_data = 13; int32 data_location = 14; }
  message Node { repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
    repeated Attribute attribute = 5; }
  message Dim { int64 dim_value = 1; }
  message Shape { repeated Dim dim = 1; }
  message TensorType { int32 elem_type = 1; Shape shape = 2; }
  message Type { TensorType tensor_type = 1; }
  message ValueInfo { string name = 1; Type type = 2; }
  message Graph { repeated Node node = 1; string name = 2; repeated Tensor initializer = 5; repeated ValueInfo input = 11;
    repeated ValueInfo output = 12; }
  message Opset { string domain = 1; int64 version = 2; }
  message Model { int64 ir_version = 1; Graph graph = 7; repeated Opset opset_import = 8; }
`, { keepCase: true });

const Model = root.lookupType('Model');

export function encodeModel(model) {
  return Model.encode(Model.fromObject(model)).finish();
}

const FLOAT = 1;
const INT64 = 7;
const EXTERNAL = 1;

export const ints = (name, values) => ({ name, ints: [...values], type: 7 });
export const int = (name, i) => ({ name, i, type: 2 });
export const float = (name, f) => ({ name, f, type: 1 });
export const string = (name, text) => ({ name, s: new TextEncoder().encode(text), type: 3 });

const bytesOf = ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength);

export function floats(name, dims, data) {
  return { name, dims: [...dims], data_type: FLOAT, raw_data: bytesOf(data) };
}

export function int64s(name, values) {
  return { name, dims: [values.length], data_type: INT64, raw_data: bytesOf(BigInt64Array.from(values, BigInt)) };
}

/** A tensor whose elements are in a file of its own. */
export function externalFloats(name, dims, data) {
  const external_data = [{ key: 'location', value: name }, { key: 'length', value: String(data.byteLength) }];
  return { name, dims: [...dims], data_type: FLOAT, data_location: EXTERNAL, external_data };
}

export function valueInfo(name, shape) {
  const dim = shape.map((dim_value) => ({ dim_value }));
  return { name, type: { tensor_type: { elem_type: FLOAT, shape: { dim } } } };
}
