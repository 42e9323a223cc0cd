import type { Digest, Platform } from "../oci/index.ts";

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
  /** Something the user should know that is not an error. */
  | { readonly kind: "notice"; readonly message: string }
  | { readonly kind: "done"; readonly reference: string; readonly digest: Digest; readonly upToDate: boolean };

/** Events from several producers for one reader. Ends with `close`, or with the error given to it. */
export class EventQueue<Event> {
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
