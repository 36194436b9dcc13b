/** What a worker of the page answers. */

export interface Told {
  readonly code: string;
  readonly message: string;
}

export type Done<T> = { readonly value: T } | { readonly error: Told };

/** Classes of errors do not pass: what a learner is told follows from the code. */
export async function answer<T>(work: () => T | Promise<T>): Promise<Done<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return { error: { code: typeof code === 'string' ? code : 'engine', message: String(message) } };
  }
}
