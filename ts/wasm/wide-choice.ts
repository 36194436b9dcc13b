import { isWide, NARROW, narrow } from './wide.js';
import type { WideRequest, Width } from './wide.js';

/** What is known of this process. */
export interface Process {
  /** Whether wide modules are wanted where no option says so. */
  wanted(): boolean;
  /** Has the engine pair vectors in what it compiles from now on; why it does not, if so. */
  obstacle(): string | undefined;
}

/** The obstacle, which takes time, is looked for last, and not at all where another worker has `proved` that there is none. */
export function chooseWidth({ wide, variant = 'auto', given }: WideRequest, process: Process, proved: boolean): Width {
  if (!(wide ?? process.wanted())) return NARROW;
  if (variant !== 'auto' && variant !== 'relaxed') return narrow(`the ${variant} variant was asked for`);
  if (given !== undefined && !given.some(isWide)) return narrow('the option wasm has no wide module');
  const obstacle = proved ? undefined : process.obstacle();
  return obstacle === undefined ? { wide: true, wideReason: undefined } : narrow(obstacle);
}
