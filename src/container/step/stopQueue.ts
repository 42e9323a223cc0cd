/** Values that come now and then, for one reader. */
export interface StopQueue<Value> {
  readonly put: (value: Value) => void;
  /** No more will come. */
  readonly end: () => void;
  readonly fail: (error: unknown) => void;
  /** The next one; undefined at the end. @throws what `fail` was given. */
  readonly take: () => Promise<Value | undefined>;
  /** All that were put so far, read or not. */
  readonly all: () => readonly Value[];
}

/** What is there is read before the end or a failure is told. */
export function newStopQueue<Value>(): StopQueue<Value> {
  const all: Value[] = [];
  let read = 0;
  let outcome: { readonly error?: unknown } | undefined;
  let wake = (): void => undefined;
  const finish = (end: { readonly error?: unknown }) => {
    outcome ??= end;
    wake();
  };
  return {
    put(value) {
      all.push(value);
      wake();
    },
    end: () => finish({}),
    fail: (error) => finish({ error }),
    async take() {
      while (read === all.length && outcome === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const value = all[read];
      if (value !== undefined) {
        read += 1;
        return value;
      }
      if (outcome !== undefined && "error" in outcome) throw outcome.error;
      return undefined;
    },
    all: () => all,
  };
}
