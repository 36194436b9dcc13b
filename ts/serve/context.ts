import type { Context } from 'hono';
import { withBody } from './body.js';
import type { Held } from './body.js';
import { Deadline } from './deadline.js';
import type { Settings } from './options.js';
import { refuse } from './refusal.js';
import type { Served } from './served.js';
import type { Table } from './table.js';
import type { Told } from './told.js';

/** What the routes share. */
export interface Inside {
  readonly settings: Settings;
  readonly table: Table;
  readonly held: Held;
  /** Whether requests are answered: not before the models are there, and not once the service is to end. */
  readonly isReady: () => boolean;
  readonly isEnding: () => boolean;
}

/** What the handlers of one request share. */
export interface Env {
  readonly Bindings: object;
  readonly Variables: { told: Told; requestId: string };
}

export type At = Context<Env>;

/**
 * Seconds of the preference `wait` (RFC 7240), of which the first counts. The RFC has whole seconds; parts of one are taken as they are
 * meant. Undefined where there is none, and for what is no time: a preference that is not understood is passed over.
 */
export function waitOf(prefer: string | undefined): number | undefined {
  const preference = prefer?.split(',').map((one) => one.split(';')[0] ?? '').find((one) => /^\s*wait\s*(=|$)/i.test(one));
  const seconds = /=\s*("?)(\d{1,6}(?:\.\d{1,9})?)\1\s*$/.exec(preference ?? '')?.[2];
  return seconds === undefined ? undefined : Number(seconds);
}

/** @returns the time that an answer has: that of the service, or less where the client asks so (`Prefer: wait=2`). */
export function deadlineOf(at: At, { settings }: Inside): Deadline {
  const deadline = new Deadline(settings.timeout, at.req.raw.signal);
  const wait = waitOf(at.req.header('prefer'));
  if (wait !== undefined) deadline.shorten(1000 * wait);
  return deadline;
}

/**
 * Answers a request for which a model computes: refused before its body is read where it could not be answered in time.
 * @param use - what is done with the body
 */
export async function computed<Answer>(at: At, inside: Inside, served: Served, use: (body: Uint8Array, deadline: Deadline) => Promise<Answer>): Promise<Answer> {
  const told = at.get('told');
  Object.assign(told, { model: served.name, version: served.version });
  if (inside.isEnding()) refuse(503, 'service', 'one that goes on', 'one that is ending', 'ask another');
  const release = served.hold();
  const deadline = deadlineOf(at, inside);
  try {
    served.line.expectRoom(deadline);
    return await withBody(at.req.raw, inside, told, (body) => use(body, deadline), deadline.signal);
  } finally {
    deadline.end();
    release();
  }
}
