/** What `inOrder` is told beside the items. */
export interface InOrder<Item, Result> {
  /** Items that are worked on at the same time, at most; no more are read before the first of them is answered and taken. */
  readonly most: number;
  readonly work: (item: Item) => Promise<Result>;
  /** Ends the reading; what has been read is still answered. */
  readonly signal?: AbortSignal | undefined;
}

type Event<Item, Result> = { readonly read: IteratorResult<Item, unknown> } | { readonly done: Result };

/**
 * Works on several items at the same time and gives the results in the order of the items, each as soon as it and those before it are
 * there: also while no further item comes.
 * @throws what the items or the work throws
 */
export async function* inOrder<Item, Result>(items: AsyncIterable<Item>, { most, work, signal }: InOrder<Item, Result>): AsyncGenerator<Result, void, void> {
  const source = new Source(items, signal);
  const under: Promise<Event<Item, Result>>[] = [];
  let next: Promise<Event<Item, Result>> | undefined = source.read();
  try {
    while (next || under.length > 0) {
      const event: Event<Item, Result> = await Promise.race([...under.slice(0, 1), ...(next && under.length < most ? [next] : [])]);
      if ('done' in event) {
        void under.shift();
        yield event.done;
      } else if (event.read.done === true) next = undefined;
      else {
        under.push(heard(work(event.read.value).then((done) => ({ done }))));
        next = source.read();
      }
    }
  } finally {
    source.end();
  }
}

/** Items, until they or a signal end. */
class Source<Item> {
  private readonly items: AsyncIterator<Item, unknown>;
  /** Ends the read that is under way. One listener serves them all: a promise that stays would keep a reaction for each. */
  private stop: () => void = () => undefined;
  private readonly aborted = (): void => this.stop();

  constructor(
    items: AsyncIterable<Item>,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.items = items[Symbol.asyncIterator]();
    signal?.addEventListener('abort', this.aborted);
  }

  read(): Promise<{ readonly read: IteratorResult<Item, unknown> }> {
    return heard(new Promise((resolve, reject) => {
      this.stop = () => resolve({ read: { done: true, value: undefined } });
      if (this.signal?.aborted) this.stop();
      else this.items.next().then((read) => resolve({ read }), reject);
    }));
  }

  /** Items that wait for more cannot be asked to end before it has come; nobody waits for them. */
  end(): void {
    this.signal?.removeEventListener('abort', this.aborted);
    this.items.return?.().catch(() => undefined);
  }
}

/** A rejection is met where the promise is awaited, which may be later. */
function heard<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => undefined);
  return promise;
}
