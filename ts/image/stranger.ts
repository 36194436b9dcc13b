import { typeName } from '../base/show.js';

/** What was given in place of an image, in a form that can be posted. */
export interface Stranger {
  /** Name of its class. */
  readonly got: string;
  /** The first of `TRAITS` that it has. */
  readonly trait: string | undefined;
}

/** Properties by which what is often given in place of an image is known; in the order of `REMEDIES`. Bitmaps and frames have the last. */
const TRAITS = 'canvas then bodyUsed getReader pipe getFile files item length nodeType close';

export function stranger(input: unknown): Stranger {
  return { got: typeName(input), trait: typeof input === 'object' ? TRAITS.split(' ').find((name) => name in Object(input)) : undefined };
}
