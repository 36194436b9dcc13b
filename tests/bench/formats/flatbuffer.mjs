/** Tables, vectors and strings of a FlatBuffer, written as plain values. */
import { Builder } from 'flatbuffers';

const ADD = {
  i8: 'addFieldInt8',
  i32: 'addFieldInt32',
  f32: 'addFieldFloat32',
  offset: 'addFieldOffset',
};

export class Writer {
  /** @param bytes - room for all of it, so that nothing is copied while it grows */
  constructor(bytes) {
    this.builder = new Builder(bytes);
  }

  /** Fields in the schema's order, as `[kind, value]`; undefined where one is left at its default. */
  table(fields) {
    const { builder } = this;
    builder.startObject(fields.length);
    fields.forEach((field, slot) => {
      // Written even if it is the default, which this does not know.
      if (field) builder[ADD[field[0]]](slot, field[1], field[0] === 'offset' ? 0 : undefined);
    });
    return builder.endObject();
  }

  string(text) {
    return this.builder.createString(text);
  }

  /** Tables, by their offsets. */
  offsets(list) {
    this.builder.startVector(4, list.length, 4);
    for (const offset of [...list].reverse()) this.builder.addOffset(offset);
    return this.builder.endVector();
  }

  int32s(list) {
    this.builder.startVector(4, list.length, 4);
    for (const number of [...list].reverse()) this.builder.addInt32(number);
    return this.builder.endVector();
  }

  /** Bytes that lie on a multiple of 16. */
  bytes(data) {
    const { builder } = this;
    builder.startVector(1, data.byteLength, 16);
    builder.space -= data.byteLength;
    builder.bb.setPosition(builder.space);
    builder.bb.bytes().set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), builder.space);
    return builder.endVector();
  }

  finish(root, identifier) {
    this.builder.finish(root, identifier);
    return this.builder.asUint8Array();
  }
}
