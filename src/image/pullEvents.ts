import type { Digest, Platform } from "../oci/index.ts";
import type { RateLimit } from "./registry/rateLimit.ts";

export type LayerPhase = "waiting" | "exists" | "verifying" | "downloading" | "extracting" | "done";

/** What a pull tells while it works, for people to watch; `done` comes last. */
export type PullEvent =
  | { readonly kind: "resolved"; readonly reference: string; readonly digest: Digest; readonly platform: Platform }
  /** `current` and `total` count compressed bytes. */
  | {
      readonly kind: "layer";
      readonly digest: Digest;
      readonly phase: LayerPhase;
      readonly current: number;
      readonly total: number;
    }
  /** What the registry said about how many more requests it grants. */
  | { readonly kind: "rateLimit"; readonly registry: string; readonly rateLimit: RateLimit }
  /** Something the user should know that is not an error. */
  | { readonly kind: "notice"; readonly message: string }
  | { readonly kind: "done"; readonly reference: string; readonly digest: Digest; readonly upToDate: boolean };

export type LayerEvent = Extract<PullEvent, { kind: "layer" }>;

/** Events from several producers for one reader. Ends with `close`, or with the error given to it. */
class EventQueue<Event> {
  readonly #waiting: Event[] = [];
  #wake: (() => void) | undefined;
  #closed = false;
  #failure: { readonly error: unknown } | undefined;

  push(event: Event): void {
    this.#waiting.push(event);
    this.#wake?.();
  }

  close(failure?: { readonly error: unknown }): void {
    this.#closed = true;
    this.#failure = failure;
    this.#wake?.();
  }

  async *read(): AsyncGenerator<Event> {
    for (;;) {
      yield* this.#waiting.splice(0);
      if (this.#waiting.length > 0) continue;
      if (this.#closed) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/**
 * Runs `work` while its events are read. To stop reading is to interrupt it, like `outer`: either aborts the controller
 * that `work` was given, and may abort itself.
 */
export async function* eventsOf<Event>(
  outer: AbortSignal | undefined,
  work: (report: (event: Event) => void, stop: AbortController) => Promise<void>,
): AsyncGenerator<Event> {
  const stop = new AbortController();
  const pass = (): void => stop.abort();
  if (outer?.aborted) pass();
  outer?.addEventListener("abort", pass, { once: true });
  const queue = new EventQueue<Event>();
  const working = work((event) => queue.push(event), stop).then(
    () => queue.close(),
    (error: unknown) => queue.close({ error }),
  );
  try {
    yield* queue.read();
  } finally {
    stop.abort();
    outer?.removeEventListener("abort", pass);
    await working;
  }
}
