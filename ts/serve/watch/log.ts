/** What is written of a request, or of what happened to a model. No line has anything of a photo, a tensor or a token. */
export interface LogLine {
  /** ISO 8601. */
  readonly time: string;
  readonly level: 'info' | 'warn' | 'error';
  /** What happened: `request`, or in words. */
  readonly message: string;
  /** Of the request: its header X-Request-Id, or one that was made for it. */
  readonly request?: string | undefined;
  readonly method?: string | undefined;
  /** Path without its query, at most 200 characters. */
  readonly path?: string | undefined;
  readonly status?: number | undefined;
  /** Milliseconds of the whole. */
  readonly ms?: number | undefined;
  /** Of it: in the queue, decoding, preprocessing, and in the network. */
  readonly queue?: number | undefined;
  readonly decode?: number | undefined;
  readonly preprocess?: number | undefined;
  readonly run?: number | undefined;
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  /** Bytes of the body as it came. */
  readonly bytes?: number | undefined;
  /** Why it was not answered as asked. */
  readonly error?: string | undefined;
}

/** How loud a status is. */
export function levelOf(status: number): LogLine['level'] {
  return status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info';
}
