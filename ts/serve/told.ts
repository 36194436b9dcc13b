/** What becomes known of a request while it is answered: for its log line, the metrics and the spans. */
export interface Told {
  model?: string;
  version?: string;
  /** Bytes of the body as it came. */
  bytes?: number;
  /** Milliseconds. */
  queue?: number;
  decode?: number;
  preprocess?: number;
  run?: number;
  /** Requests that were computed together with it, itself among them, where there were others. */
  batch?: number;
  /** Why it was not answered as asked. */
  error?: string;
  /** What stands behind an error of the service's own; for the log alone. */
  cause?: unknown;
}
