/** Makes of drawings what MNIST's digits are. */
import { expose } from 'comlink';
import { digit } from 'receptive/train/inline';
import { answer } from './answer.js';
import type { Done } from './answer.js';
import { NORMALIZE } from './normalize.js';

const prepare = ({ data, width, height }: ImageData): Promise<Done<Float32Array>> => answer(() => digit({ data, width, height, channels: 4 }, { normalize: NORMALIZE }).data);

export interface DrawnWork {
  prepare: typeof prepare;
}

expose({ prepare } satisfies DrawnWork);
