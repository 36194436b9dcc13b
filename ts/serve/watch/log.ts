/** What is written of a request, or of what happened to a model. No line has anything of a photo, a tensor or a token. */
export interface LogLine {
  /** ISO 8601. */
  readonly time: string;
  /** `error` from status 500 on, `warn` from 400 on. */
  readonly level: 'info' | 'warn' | 'error';
  /** What happened: `request`, or in words. */
  readonly message: string;
  /** Of the request: its header X-Request-Id, or one that was made for it. */
  readonly request?: string | undefined;
  /** OTHER for those that nobody uses. */
  readonly method?: string | undefined;
  /** Path without its query, at most 200 characters. */
  readonly path?: string | undefined;
  /** Of the answer; 499 where the client was gone. */
  readonly status?: number | undefined;
  /** Milliseconds of the whole. */
  readonly ms?: number | undefined;
  /** Of it: until a worker was free. */
  readonly queue?: number | undefined;
  /** Of it: from the bytes of a photo to pixels. */
  readonly decode?: number | undefined;
  /** Of it: from pixels to the input. */
  readonly preprocess?: number | undefined;
  /** Of it: from the input to the answer. */
  readonly run?: number | undefined;
  /** Requests that were computed together, where it was not alone. */
  readonly batch?: number | undefined;
  /** The model that was asked, by its name here. */
  readonly model?: string | undefined;
  /** The version of it. */
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
