import { PbfReader } from 'pbf';

/** A kind of message: one without fields, and what its fields do, by their numbers. Fields that are not listed are skipped. */
export interface MessageKind<Message> {
  readonly empty: () => Message;
  readonly fields: { readonly [number: number]: (message: Message, wire: WireReader) => void };
}

/** Wire types. */
const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const GROUP = 3;
const GROUP_END = 4;
const FIXED32 = 5;

/** Messages in messages, as other implementations of protobuf allow. */
const DEEPEST = 100;

/** A leading U+FEFF is part of the string. */
const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Reads protobuf's wire format and refuses what pbf does not: values that go past the message they are in, lists that end within
 * a number, and fields whose wire type is not the expected one. All methods throw an Error or RangeError for damaged bytes; what
 * was read until then is of no use.
 */
export class WireReader extends PbfReader {
  private depth = 0;
  /** Where the message ends that is being read. */
  private messageEnd = 0;
  private listEnd = 0;

  /** All of the bytes as one message. */
  whole<Message>(kind: MessageKind<Message>): Message {
    return this.fieldsTo(this.length, kind, kind.empty());
  }

  /** A message within another one. Fields are added to those that are there already. */
  message<Message>(kind: MessageKind<Message>, into = kind.empty()): Message {
    return this.fieldsTo(this.delimited(), kind, into);
  }

  /** int32, or an enum */
  int32(): number {
    return this.int64() | 0;
  }

  /** The nearest double. */
  int64(): number {
    this.expect(VARINT);
    return this.readVarint(true);
  }

  float(): number {
    this.expect(FIXED32);
    return this.readFloat();
  }

  /** A view, no copy. */
  bytes(): Uint8Array {
    const end = this.delimited();
    const { buf, pos } = this;
    this.pos = end;
    return buf.subarray(pos, end);
  }

  /** What is no UTF-8 becomes U+FFFD. */
  string(): string {
    return UTF8.decode(this.bytes());
  }

  /** The nearest doubles, of int32 or int64. Lists are read packed or number by number. */
  signed(into: number[]): void {
    this.list(VARINT);
    this.readPackedVarint(into, true);
    this.expectListEnd();
  }

  /** The nearest doubles, of uint64. */
  unsigned(into: number[]): void {
    this.list(VARINT);
    this.readPackedVarint(into);
    this.expectListEnd();
  }

  floats(into: number[]): void {
    this.list(FIXED32);
    this.readPackedFloat(into);
    this.expectListEnd();
  }

  doubles(into: number[]): void {
    this.list(FIXED64);
    this.readPackedDouble(into);
    this.expectListEnd();
  }

  override readPackedEnd(): number {
    this.listEnd = this.type === DELIMITED ? this.delimited() : super.readPackedEnd();
    return this.listEnd;
  }

  /** Of groups, which ONNX does not have, only that as many end as begin is checked. */
  override skip(type: number): void {
    if (type !== GROUP) {
      super.skip(type);
      return;
    }
    for (let open = 1; open > 0; ) {
      const inner = this.readVarint() & 7;
      if (inner === GROUP) open++;
      else if (inner === GROUP_END) open--;
      else super.skip(inner);
    }
  }

  private fieldsTo<Message>(end: number, { fields }: MessageKind<Message>, message: Message): Message {
    if (++this.depth > DEEPEST) throw new Error(`messages are nested more than ${DEEPEST} deep`);
    const outerEnd = this.messageEnd;
    this.messageEnd = end;
    this.readFields((number) => fields[number]?.(message, this), message, end);
    // pbf stops behind the end where the last value went past it, and before it at a field 0, which there is not.
    if (this.pos !== end) throw new Error(`a message that ends at byte ${end} is damaged`);
    this.messageEnd = outerEnd;
    this.depth--;
    return message;
  }

  /** The end of a value that has its length in front. */
  private delimited(): number {
    this.expect(DELIMITED);
    const end = this.readVarint() + this.pos;
    if (end > this.messageEnd) throw new Error(`a value at byte ${this.pos} goes past the end of its message`);
    return end;
  }

  private expect(type: number): void {
    if (this.type !== type) throw new Error(`wire type ${this.type} at byte ${this.pos}, where ${type} is expected`);
  }

  private list(type: number): void {
    if (this.type !== DELIMITED) this.expect(type);
  }

  private expectListEnd(): void {
    if (this.type === DELIMITED && this.pos !== this.listEnd) throw new Error(`a list ends within a number at byte ${this.listEnd}`);
  }
}
