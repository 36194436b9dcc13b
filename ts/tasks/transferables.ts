/** The buffers of the arrays of an answer, which are its own: sent without a copy. */
export function transferables(answer: object): ArrayBuffer[] {
  return Object.values(answer).flatMap((value: unknown) => {
    if (ArrayBuffer.isView(value)) return [value.buffer as ArrayBuffer];
    return Object.prototype.toString.call(value) === '[object Object]' ? transferables(value as object) : [];
  });
}
