/** Makes of drawings what MNIST's digits are. */
import { expose, transfer } from 'comlink';
import { digit } from 'receptive/train/inline';
import type { DrawnAnswer } from './drawn.js';
import { NORMALIZE } from './normalize.js';

function prepare({ data, width, height }: ImageData): DrawnAnswer {
  try {
    const pixels = digit({ data, width, height, channels: 4 }, { normalize: NORMALIZE }).data;
    return transfer({ pixels }, [pixels.buffer]);
  } catch (error) {
    // Classes do not pass: what a learner is told follows from the code.
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { error: { code: typeof code === 'string' ? code : 'engine', message: String(message) } };
  }
}

export interface DrawnWork {
  prepare: typeof prepare;
}

expose({ prepare } satisfies DrawnWork);
