/** A line of text. */
export interface Line {
  /** From 1; empty lines count. */
  readonly number: number;
  /** Without the end of the line and the blanks around it; undefined where it is longer than is taken. */
  readonly text: string | undefined;
}

const END = 0x0a;

/**
 * Lines of text that come in pieces of any size; those that are empty are left out. What is longer than is taken is let go as it comes, so
 * that an input without ends of lines fills no memory.
 * @param most - bytes that a line may have
 */
export async function* linesOf(input: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Line> {
  const begun = new Begun(most);
  let number = 0;
  const finished = (): Line | undefined => {
    const text = begun.take();
    number++;
    return text === '' ? undefined : { number, text };
  };
  for await (const piece of input) {
    let from = 0;
    for (let end = piece.indexOf(END); end >= 0; end = piece.indexOf(END, from)) {
      begun.add(piece.subarray(from, end));
      from = end + 1;
      const line = finished();
      if (line) yield line;
    }
    begun.add(piece.subarray(from));
  }
  const last = finished();
  if (last) yield last;
}

/** A line that has not ended. */
class Begun {
  private pieces: Uint8Array[] = [];
  private length = 0;

  constructor(private readonly most: number) {}

  add(piece: Uint8Array): void {
    this.length += piece.length;
    if (this.length > this.most) this.pieces = [];
    // A copy: the reader may use its memory again.
    else if (piece.length > 0) this.pieces.push(piece.slice());
  }

  /** Its text; undefined where it is too long. The next one begins. */
  take(): string | undefined {
    const { length, pieces } = this;
    [this.length, this.pieces] = [0, []];
    if (length > this.most) return undefined;
    const whole = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return new TextDecoder().decode(whole).trim();
  }
}
