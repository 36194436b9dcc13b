/** What went wrong in the worker; `code` is that of receptive's errors. */
export class ComputeError extends Error {
  readonly code: string;

  constructor({ code, message }: { readonly code: string; readonly message: string }) {
    super(message);
    this.code = code;
  }
}
